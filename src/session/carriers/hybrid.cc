// cookie   = token "." seal                  ; native seal, purpose "snapshot"
// content  = taken-at half-hash session      ; docs/formats/native_seal.md has `session`
// taken-at = 8OCTET                          ; int64, big-endian, milliseconds
// half-hash = 16OCTET                        ; of SHA-256 of the token's secret: no snapshot serves
//                                            ; another token
// The row's version is the session's revision, or its epoch in format 1, which has no revision.

#include <span>

#include "crypto/digest.h"
#include "latchkey/codec/cookie.h"
#include "session/attributes.h"
#include "session/carriers/envelope.h"
#include "session/carriers/native_ring.h"
#include "session/carriers/text_carrier.h"
#include "session/carriers/time_octets.h"
#include "session/mint.h"

namespace latchkey::session {
namespace {

constexpr std::size_t kHalfHash = 16;
constexpr char kSeparator = '.';

class Hybrid final : public Envelope {
 public:
  explicit Hybrid(const EnvelopeOptions& options)
      : policy_(options.policy),
        life_(options.snapshot),
        revised_(options.seal_format > 1),
        room_(kMaxCookieBytes - options.cookie_name.size()),
        sealers_(options.keys, native_sealer({.cookie_name = options.cookie_name,
                                              .purpose = "snapshot",
                                              .entropy = options.entropy})) {}

  Result<SessionToken> wrap(SessionToken token, const SessionRecord& record,
                            UnixTime now) override {
    auto sealer = sealers_.get(now);
    if (!sealer) return sealer.error();
    const SecretHash hash = hash_secret(token);
    std::string content = time_octets(now);
    content.append(hash.bytes.begin(), hash.bytes.begin() + kHalfHash);
    codec::SealedSession session = to_sealed(record);
    if (revised_) {
      session.revision = record.version;
    } else {
      session.epoch = record.version;
    }
    content += codec::pack_sealed_session(session);
    auto sealed = (*sealer)->seal(content);
    if (!sealed) return sealed.error();
    std::string text = token.reveal();
    // A snapshot that would not fit the cookie is left out; the token alone is a session.
    if (text.size() + 1 + sealed->size() <= room_) (text += kSeparator) += *sealed;
    SessionToken wrapped = std::move(token).with_text(text);
    wipe(text.data(), text.size());
    return wrapped;
  }

  Result<Opened> open(std::string_view text, UnixTime now) override {
    const std::size_t end = text.find(kSeparator);
    Opened opened;
    opened.token = SessionToken::parse(text.substr(0, end));
    if (!opened.token) opened.why = "malformed";
    if (!opened.token || end == std::string_view::npos) return opened;
    auto sealer = sealers_.get(now);
    if (!sealer) return sealer.error();
    const NativeUnsealed unsealed = (*sealer)->unseal(text.substr(end + 1));
    if (unsealed) take_snapshot(unsealed.content(), now, opened);
    return opened;
  }

 private:
  void take_snapshot(std::string_view content, UnixTime now, Opened& opened) const {
    if (content.size() < kTimeOctets + kHalfHash) return;
    const UnixTime taken_at = read_time(content.substr(0, kTimeOctets));
    // One from the future was taken by a node whose clock is ahead; it is not older than it says.
    if (now - taken_at >= life_ || taken_at - now >= life_) return;
    const SecretHash hash = hash_secret(*opened.token);
    if (!equal_ct(crypto::as_bytes(content.substr(kTimeOctets, kHalfHash)),
                  std::span(hash.bytes).first(kHalfHash))) {
      return;
    }
    const auto session = codec::unpack_sealed_session(content.substr(kTimeOctets + kHalfHash));
    if (!session || session->id != opened.token->id() || !checked_attributes(session->attributes)) {
      return;
    }
    SessionRecord record = from_sealed(*session);
    record.version = session->revision.value_or(session->epoch);
    complete(record, policy_, now);
    record.secret_hash = hash;
    if (judge(record, now, policy_).liveness != Liveness::active) return;
    opened.snapshot = std::move(record);
    opened.snapshot_at = taken_at;
  }

  const Policy policy_;
  const Millis life_;
  const bool revised_;  // writes format 2; both are read
  const std::size_t room_;
  PerRing<NativeSealer> sealers_;
};

}  // namespace

std::unique_ptr<Envelope> make_hybrid(const EnvelopeOptions& options) {
  return std::make_unique<Hybrid>(options);
}

}  // namespace latchkey::session
