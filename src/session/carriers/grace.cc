#include "session/carriers/grace.h"

#include "crypto/aead.h"
#include "crypto/digest.h"
#include "session/mint.h"

namespace latchkey::session {
namespace {

// One block of HKDF-Expand (RFC 5869) over the old secret, which is uniformly random already.
crypto::AeadKey grace_key(std::string_view old_secret) {
  static constexpr std::string_view kInfo = "latchkey rotation grace v1\x01";
  return crypto::hmac_sha256(crypto::as_bytes(old_secret), crypto::as_bytes(kInfo));
}

}  // namespace

Result<PreviousSecret> seal_grace(const SessionToken& old_token, const SessionToken& new_token,
                                  UnixTime until, Entropy& entropy) {
  crypto::AeadKey key = grace_key(old_token.insecure_secret());
  auto sealed = crypto::aead_seal(key, new_token.insecure_secret(), new_token.id().text(), entropy);
  wipe(key.data(), key.size());
  if (!sealed) return sealed.error();
  return PreviousSecret{hash_secret(old_token), std::move(*sealed), until};
}

std::optional<SessionToken> open_grace(std::string_view presented, const SecretHash& hash,
                                       const SessionRecord& record, UnixTime now) {
  if (!record.previous || now >= record.previous->until ||
      !same_secret(hash, record.previous->hash)) {
    return std::nullopt;
  }
  crypto::AeadKey key = grace_key(presented);
  auto secret = crypto::aead_open(key, record.previous->sealed_secret, record.id.text());
  wipe(key.data(), key.size());
  if (!secret) return std::nullopt;
  auto token = SessionToken::assemble(record.id, *secret);
  wipe(secret->data(), secret->size());
  return token;
}

}  // namespace latchkey::session
