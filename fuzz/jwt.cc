// No text verifies that was not signed. Signed text that passes the strict rules passes jose's,
// too. Claims that are issued verify, and no more once a bit is flipped.

#include "latchkey/codec/jwt.h"

#include <string>

#include "base/base64url.h"
#include "codec/jose/jose.h"
#include "codec/jose/jws.h"
#include "crypto/digest.h"
#include "fuzz/fuzz.h"

namespace latchkey::fuzz {
namespace {

constexpr UnixTime kNow = from_unix_millis(1'763'683'200'000);
const std::string kSecret(32, 's');

JwtCodec make_codec(JwtAlgorithm algorithm) {
  std::vector<JwtKey> keys;
  keys.push_back({algorithm, SecretBytes{kSecret}});
  return *JwtCodec::make(std::move(keys), {.max_bytes = 1 << 20});
}

bool jose_accepts(std::string_view token) {
  const auto outcome = jose_verify(token, crypto::as_bytes(kSecret), {}, 1763683200);
  return std::holds_alternative<JoseToken>(outcome);
}

void check_foreign(std::string_view text, const JwtCodec& signing, const JwtCodec& encrypting) {
  require(!signing.verify(text, kNow) && !encrypting.verify(text, kNow));
  require(!jose_accepts(text));
  const auto opened = jose_decrypt(text, crypto::as_bytes(kSecret), {}, 1763683200);
  require(std::holds_alternative<JoseError>(opened));
}

// check_signed signs header and payload, two lines of the input, as they are.
void check_signed(std::string_view text, const JwtCodec& signing) {
  const std::size_t line = std::min(text.find('\n'), text.size());
  const std::string_view payload = text.substr(std::min(line + 1, text.size()));
  std::string token = base64url_encode(crypto::as_bytes(text.substr(0, line))) + '.' +
                      base64url_encode(crypto::as_bytes(payload));
  codec::append_jws_mac(token, crypto::HmacKey{crypto::Hash::sha256, crypto::as_bytes(kSecret)});
  if (signing.verify(token, kNow)) require(jose_accepts(token));
}

void check_issued(std::string_view claims, std::size_t position, const JwtCodec& tokens) {
  const auto token = tokens.issue(claims, kNow + Millis{60000}, kNow);
  if (!token) return;
  const JwtVerdict verdict = tokens.verify(*token, kNow);
  require(verdict || verdict.reason() == JwtReason::not_yet_valid);
  std::string bad = *token;
  bad[position % bad.size()] = static_cast<char>(bad[position % bad.size()] ^ (1 << position % 8));
  require(!tokens.verify(bad, kNow));
}

}  // namespace
}  // namespace latchkey::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace latchkey::fuzz;
  static const latchkey::JwtCodec signing = make_codec(latchkey::JwtAlgorithm::hs256);
  static const latchkey::JwtCodec encrypting = make_codec(latchkey::JwtAlgorithm::dir_a256gcm);
  const std::string_view text = as_text(data, size);
  check_foreign(text, signing, encrypting);
  check_signed(text, signing);
  const std::size_t position =
      size < 2 ? 0 : static_cast<std::size_t>(data[0]) << 8 | data[size / 2];
  check_issued(text, position, signing);
  check_issued(text, position, encrypting);
  return 0;
}
