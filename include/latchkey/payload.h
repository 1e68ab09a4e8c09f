#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/keyring.h"
#include "latchkey/result.h"

// Your own JSON object in a cookie, sealed or signed, without a store.
//
//   auto payloads = latchkey::Payloads::make({.keys = keys});
//   if (!payloads) return fail(payloads.error().detail);
//   auto text = (*payloads)->encode(R"({"step": 2})", expires_at);
namespace latchkey {

// PayloadForm: a signed payload can be read by everybody, a sealed one by nobody.
enum class PayloadForm : std::uint8_t { sealed, signed_token };

struct PayloadOptions {
  PayloadForm form = PayloadForm::sealed;
  std::string name = "session";  // of the cookie: text for one name opens for no other
  std::string fallback{};        // JSON object for "no session", such as {"isLoggedIn":false}
  std::size_t max_bytes = 4096;  // of the text
  std::shared_ptr<const SharedKeyRing> keys{};
  const Clock* clock = nullptr;  // nullptr: system_clock()
  Entropy* entropy = nullptr;    // nullptr: system_entropy()
};

// Payloads turns a JSON object of the application, {"userId":"7","role":"admin"} say, into text for
// a cookie and back. There is no session, so nothing can be revoked: the text is valid until it
// expires. For sessions that can be revoked use Sessions. Thread-safe.
class Payloads {
 public:
  // make refuses (Errc::bad_config) a missing ring and a fallback that is no JSON object.
  static Result<std::unique_ptr<Payloads>> make(PayloadOptions options);
  ~Payloads();

  // encode fails with invalid_argument when `json` is no JSON object, has a member a signed payload
  // writes itself (iat, exp, iss, aud) or has expired already; too_large over max_bytes.
  Result<std::string> encode(std::string_view json, UnixTime expires_at) const;
  // decode returns the object, or nothing when `text` is absent (empty), forged or expired. It
  // logs one line if the text is not ours, and cannot fail.
  std::optional<std::string> decode(std::string_view text) const;
  // decode_or_fallback returns PayloadOptions::fallback where decode returns nothing.
  std::string decode_or_fallback(std::string_view text) const;

 private:
  struct Impl;
  explicit Payloads(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey
