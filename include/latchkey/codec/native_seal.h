#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/entropy.h"
#include "latchkey/result.h"
#include "latchkey/secret.h"

// Encrypted text for new projects, bound to a name and a purpose.
namespace latchkey {

// The sealed form for new projects: AES-256-GCM under a key of its own for each message, bound to
// the cookie's name and its purpose. docs/formats/native_seal.md, R numbers: docs/requirements.md

struct NativeSealKey {
  std::string id;      // 1-32 letters, digits, `_` or `-`; stands in the seal
  SecretBytes secret;  // at least 32 random bytes
};

// NativeSealOptions: a seal made for one cookie name or purpose does not open for another (R114).
struct NativeSealOptions {
  std::string cookie_name = "__Host-session";
  std::string purpose = "session";
  std::size_t max_bytes = 16384;  // longer seals are refused unread, and not written
  Entropy* entropy = nullptr;     // nullptr: system_entropy()
};

enum class NativeSealReason : std::uint8_t {
  malformed,    // too long, no seal of this form, not canonical base64url
  unknown_key,  // a key id this ring does not have; the key may not have arrived yet
  forged,       // changed, made with another key, or for another name or purpose
};
std::string_view native_seal_reason_name(NativeSealReason reason) noexcept;

// NativeUnsealed is the content of an authentic seal, or a refusal.
class NativeUnsealed {
 public:
  NativeUnsealed(NativeSealReason reason) noexcept : reason_(reason) {}
  NativeUnsealed(std::string content, bool by_primary)
      : content_(std::move(content)), by_primary_(by_primary) {}

  explicit operator bool() const noexcept { return content_.has_value(); }
  const std::string& content() const& noexcept { return *content_; }
  std::string content() && noexcept { return *std::move(content_); }
  // by_primary is false when a key that only reads opened the seal: write a new one.
  bool by_primary() const noexcept { return by_primary_; }
  NativeSealReason reason() const noexcept { return reason_; }

 private:
  std::optional<std::string> content_;
  bool by_primary_ = false;
  NativeSealReason reason_ = NativeSealReason::malformed;
};

// NativeSealer seals with the first of its keys and opens with all. Immutable, thread-safe.
class NativeSealer {
 public:
  static constexpr std::string_view kPrefix = "lks1_";

  // make refuses (Errc::bad_config) no keys, ill-formed or repeated ids, secrets under 32 bytes,
  // and a name or purpose over 255 bytes.
  static Result<NativeSealer> make(std::vector<NativeSealKey> keys,
                                   const NativeSealOptions& options = {});
  ~NativeSealer();
  NativeSealer(NativeSealer&&) noexcept;
  NativeSealer& operator=(NativeSealer&&) noexcept;

  // seal encrypts any bytes. Fails with too_large over max_bytes.
  Result<std::string> seal(std::string_view content) const;
  // unseal never fails: whatever a client can send is opened or refused.
  NativeUnsealed unseal(std::string_view seal) const;

 private:
  struct Impl;
  explicit NativeSealer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
