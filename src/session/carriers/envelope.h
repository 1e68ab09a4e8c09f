#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/keyring.h"
#include "latchkey/policy.h"
#include "latchkey/token.h"

// What the token of a stored session travels in, when it does not travel bare.
namespace latchkey::session {

// Opened is what stood in a cookie.
struct Opened {
  std::optional<SessionToken> token{};      // nothing: refused
  std::optional<SessionRecord> snapshot{};  // hybrid: good now, and this token's
  UnixTime snapshot_at{};                   // when it was taken
  bool outdated = false;                    // should be written anew, with the key that writes
  bool unknown_key = false;                 // only when refused
  std::string_view why{};                   // likewise
};

class Envelope {
 public:
  virtual ~Envelope() = default;
  // wrap lets `token` travel in this envelope.
  virtual Result<SessionToken> wrap(SessionToken token, const SessionRecord& record,
                                    UnixTime now) = 0;
  // open fails only when the machine does.
  virtual Result<Opened> open(std::string_view text, UnixTime now) = 0;
};

struct EnvelopeOptions {
  std::shared_ptr<const SharedKeyRing> keys{};
  std::string cookie_name{};
  Policy policy{};
  Millis snapshot{};
  std::uint32_t seal_format = 1;
  Entropy* entropy = nullptr;
};

// make_encrypted_id seals the token: the cookie names no session to whoever reads it.
std::unique_ptr<Envelope> make_encrypted_id(const EnvelopeOptions& options);
// make_hybrid puts a sealed snapshot of the record behind the token. A bare token opens too.
std::unique_ptr<Envelope> make_hybrid(const EnvelopeOptions& options);

}  // namespace latchkey::session
