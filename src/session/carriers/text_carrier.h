#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/keyring.h"
#include "latchkey/policy.h"
#include "latchkey/record.h"
#include "latchkey/result.h"

// Carriers that put a whole session into a text. A record of theirs has no secret hash, user agent
// or address, but a `carried` state, and its `version` is 0.
namespace latchkey::session {

// Decoded is what a text turned out to be.
struct Decoded {
  enum class State : std::uint8_t {
    refused,      // forged, garbled, made by a key that is gone
    unknown_key,  // names a key this node does not have; it may come
    expired,      // authentic
    authentic,    // deadlines are for the policy to judge
  };
  State state = State::refused;
  std::string_view why{};  // for the log
  SessionRecord record{};  // only when authentic
  bool by_writer = true;   // false: write it anew with the key that writes
};

class TextCarrier {
 public:
  virtual ~TextCarrier() = default;
  // encode writes `record`, which has a carried state, and rounds it to what the text holds.
  virtual Result<std::string> encode(SessionRecord& record, UnixTime now) = 0;
  // decode fails only when the machine does; whatever a client can send is an ordinary value.
  virtual Result<Decoded> decode(std::string_view text, UnixTime now) = 0;
};

struct TextCarrierOptions {
  std::shared_ptr<const SharedKeyRing> keys{};
  std::string cookie_name{};
  Policy policy{};
  std::size_t max_bytes = 0;
  std::uint32_t seal_format = 1;  // SessionsOptions::seal_format
  Entropy* entropy = nullptr;
};

// make_signed_carrier: compact JWS, HS256, typ sess+jwt. Anybody can read it, nobody can change it.
std::unique_ptr<TextCarrier> make_signed_carrier(const TextCarrierOptions& options);
// make_sealed_carrier: the native seal.
std::unique_ptr<TextCarrier> make_sealed_carrier(const TextCarrierOptions& options);

// complete fills in what a text leaves out: the life a touch gives, and when the text was issued.
void complete(SessionRecord& record, const Policy& policy, UnixTime now) noexcept;

}  // namespace latchkey::session
