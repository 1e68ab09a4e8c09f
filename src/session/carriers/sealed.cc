#include "codec/seal/sealed_session.h"
#include "session/attributes.h"
#include "session/carriers/native_ring.h"
#include "session/carriers/revision.h"
#include "session/carriers/text_carrier.h"

namespace latchkey::session {
namespace {

class SealedCarrier final : public TextCarrier {
 public:
  explicit SealedCarrier(const TextCarrierOptions& options)
      : policy_(options.policy),
        revised_(options.seal_format > 1),
        sealers_(options.keys, native_sealer({.cookie_name = options.cookie_name,
                                              .purpose = "session",
                                              .max_bytes = options.max_bytes,
                                              .entropy = options.entropy})) {}

  Result<std::string> encode(SessionRecord& record, UnixTime now) override {
    auto sealer = sealers_.get(now);
    if (!sealer) return sealer.error();
    codec::SealedSession session = to_sealed(record);
    session.epoch = record.carried->epoch;
    if (revised_) {
      session.revision = record.carried->revision;
    } else {
      record.carried->revision = revision_of_content(record.attributes);
    }
    return (*sealer)->seal(codec::pack_sealed_session(session));
  }

  Result<Decoded> decode(std::string_view text, UnixTime now) override {
    auto sealer = sealers_.get(now);
    if (!sealer) return sealer.error();
    const NativeUnsealed opened = (*sealer)->unseal(text);
    Decoded decoded;
    if (!opened) {
      decoded.why = native_seal_reason_name(opened.reason());
      if (opened.reason() == NativeSealReason::unknown_key) {
        decoded.state = Decoded::State::unknown_key;
      }
      return decoded;
    }
    const auto session = codec::unpack_sealed_session(opened.content());
    // Authentic is not enough to be believed: the text after all comes from outside (R123).
    if (!session || session->level > 3 || !checked_attributes(session->attributes)) {
      decoded.why = "malformed";
      return decoded;
    }
    decoded.state = Decoded::State::authentic;
    decoded.record = from_sealed(*session);
    set_carried(decoded.record, session->epoch,
                session->revision.value_or(revision_of_content(session->attributes)));
    complete(decoded.record, policy_, now);
    // A text that an older program could not read is replaced, where this one is to write for it.
    decoded.by_writer = opened.by_primary() && (revised_ || !session->revision);
    return decoded;
  }

 private:
  const Policy policy_;
  const bool revised_;  // writes format 2; both are read
  PerRing<NativeSealer> sealers_;
};

}  // namespace

codec::SealedSession to_sealed(const SessionRecord& record) {
  return {.id = record.id,
          .user_id = record.user_id,
          .created_at = record.created_at,
          .authenticated_at = record.authenticated_at,
          .idle_expires_at = record.idle_expires_at,
          .absolute_expires_at = record.absolute_expires_at,
          .level = record.level,
          .persistent = record.persistent,
          .attributes = record.attributes};
}

SessionRecord from_sealed(const codec::SealedSession& session) {
  SessionRecord record;
  record.id = session.id;
  record.user_id = session.user_id;
  record.created_at = session.created_at;
  record.authenticated_at = session.authenticated_at;
  record.idle_expires_at = session.idle_expires_at;
  record.absolute_expires_at = session.absolute_expires_at;
  record.level = session.level;
  record.persistent = session.persistent;
  record.attributes = session.attributes;
  return record;
}

PerRing<NativeSealer>::Make native_sealer(NativeSealOptions options) {
  return [options = std::move(options)](const KeyRing& ring, const Key& writer) {
    std::vector<NativeSealKey> keys;
    writer_first(ring, writer, [&](const Key& key) {
      const bool gone = key.state == KeyState::gone;
      keys.push_back({key.id, gone ? ring.derive(key, "seal") : SecretBytes(key.secret.bytes())});
    });
    return NativeSealer::make(std::move(keys), options);
  };
}

std::unique_ptr<TextCarrier> make_sealed_carrier(const TextCarrierOptions& options) {
  return std::make_unique<SealedCarrier>(options);
}

}  // namespace latchkey::session
