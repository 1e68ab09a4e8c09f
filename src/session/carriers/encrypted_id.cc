#include "session/carriers/envelope.h"
#include "session/carriers/native_ring.h"

namespace latchkey::session {
namespace {

class EncryptedId final : public Envelope {
 public:
  explicit EncryptedId(const EnvelopeOptions& options)
      : sealers_(options.keys, native_sealer({.cookie_name = options.cookie_name,
                                              .purpose = "session id",
                                              .entropy = options.entropy})) {}

  Result<SessionToken> wrap(SessionToken token, const SessionRecord&, UnixTime now) override {
    auto sealer = sealers_.get(now);
    if (!sealer) return sealer.error();
    std::string plain = token.reveal();
    auto sealed = (*sealer)->seal(plain);
    wipe(plain.data(), plain.size());
    if (!sealed) return sealed.error();
    return std::move(token).with_text(*sealed);
  }

  Result<Opened> open(std::string_view text, UnixTime now) override {
    auto sealer = sealers_.get(now);
    if (!sealer) return sealer.error();
    Opened opened;
    NativeUnsealed unsealed = (*sealer)->unseal(text);
    if (!unsealed) {
      opened.unknown_key = unsealed.reason() == NativeSealReason::unknown_key;
      opened.why = native_seal_reason_name(unsealed.reason());
      return opened;
    }
    opened.outdated = !unsealed.by_primary();
    std::string plain = std::move(unsealed).content();
    opened.token = SessionToken::parse(plain);
    wipe(plain.data(), plain.size());
    if (!opened.token) opened.why = "malformed";
    return opened;
  }

 private:
  PerRing<NativeSealer> sealers_;
};

}  // namespace

std::unique_ptr<Envelope> make_encrypted_id(const EnvelopeOptions& options) {
  return std::make_unique<EncryptedId>(options);
}

}  // namespace latchkey::session
