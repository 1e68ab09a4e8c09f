#include <string>
#include <string_view>
#include <vector>

#include "bench/harness.h"
#include "bench/limit_crypto.h"
#include "bench/token_inputs.h"
#include "codec/jose/jose.h"
#include "latchkey/codec/jwt.h"
#include "latchkey/codec/native_seal.h"
#include "latchkey/codec/seal.h"

namespace latchkey::bench {
namespace {

constexpr std::string_view kPassword = "complex_password_at_least_32_characters_long";
// payload is a session whose JSON has `size` bytes.
std::string payload(std::size_t size) {
  const std::string start = R"({"userId":"u_0123456789abcdef","data":")";
  return start + std::string(size - start.size() - 2, 'x') + "\"}";
}

Sealer make_sealer() {
  std::vector<SealPassword> passwords;
  passwords.push_back({"1", SealSecret::text(kPassword)});
  Result<Sealer> sealer = Sealer::make(std::move(passwords));
  check(sealer.has_value(), "no sealer");
  return *std::move(sealer);
}

Named bench_seal(std::size_t size) {
  return {"seal_" + std::to_string(size), "Fe26.2; limit: PBKDF2, AES, HMAC, base64url",
          [size](const Options& options) {
            const Sealer sealer = make_sealer();
            LimitCrypto limit{kPassword, kSecret};
            const std::string json = payload(size);
            Entry entry = compare("seal_" + std::to_string(size), options, repeat([&] {
                                    const auto seal = sealer.seal(json, kNow);
                                    check(seal.has_value(), "not sealed");
                                    keep(seal->data());
                                  }),
                                  repeat([&] { keep(limit.seal(json)); }));
            entry.budget = 1.5;
            return entry;
          }};
}

Named bench_unseal(std::size_t size) {
  return {"unseal_" + std::to_string(size), "Fe26.2; limit: PBKDF2, AES, HMAC, base64url",
          [size](const Options& options) {
            const Sealer sealer = make_sealer();
            LimitCrypto limit{kPassword, kSecret};
            const std::string seal = *sealer.seal(payload(size), kNow);
            check(limit.unseal(seal) == size, "the limit reads another size");
            Entry entry = compare("unseal_" + std::to_string(size), options, repeat([&] {
                                    const Unsealed opened = sealer.unseal(seal, kNow);
                                    check(static_cast<bool>(opened), "not opened");
                                    keep(opened.json().data());
                                  }),
                                  repeat([&] { keep(limit.unseal(seal)); }));
            entry.budget = 1.5;
            return entry;
          }};
}

JwtCodec make_codec(JwtAlgorithm algorithm) {
  std::vector<JwtKey> keys;
  keys.push_back({algorithm, SecretBytes{kSecret}});
  Result<JwtCodec> made = JwtCodec::make(std::move(keys));
  check(made.has_value(), "no codec");
  return *std::move(made);
}

constexpr std::string_view kClaims = R"({"userId":"u_0123456789abcdef"})";
constexpr std::string_view kWhole =
    R"({"userId":"u_0123456789abcdef","iat":1763683200,"exp":1764288000})";

Entry jwt_sign(const Options& options) {
  const JwtCodec tokens = make_codec(JwtAlgorithm::hs256);
  LimitCrypto limit{kPassword, kSecret};
  limit.sign(kWhole);
  check(*tokens.issue(kClaims, kLater, kNow) == limit.token(), "the limit signs something else");
  Entry entry = compare("jwt_sign", options,
                        repeat([&] { keep(tokens.issue(kClaims, kLater, kNow)->data()); }),
                        repeat([&] { keep(limit.sign(kWhole)); }));
  entry.budget = 2.5;
  return entry;
}

Entry jwt_verify(const Options& options) {
  const JwtCodec tokens = make_codec(JwtAlgorithm::hs256);
  LimitCrypto limit{kPassword, kSecret};
  const std::string token = *tokens.issue(kClaims, kLater, kNow);
  Entry entry = compare("jwt_verify", options, repeat([&] {
                          const JwtVerdict verdict = tokens.verify(token, kNow);
                          check(static_cast<bool>(verdict), "not verified");
                          keep(verdict->claims().data());
                        }),
                        repeat([&] { keep(limit.verify(token)); }));
  entry.budget = 2.5;
  return entry;
}

Entry jwe_decrypt(const Options& options) {
  const JwtCodec tokens = make_codec(JwtAlgorithm::dir_a256gcm);
  LimitCrypto limit{kPassword, kSecret};
  const std::string token = *tokens.issue(kClaims, kLater, kNow);
  check(limit.decrypt(token) == kWhole.size(), "the limit reads another size");
  return compare("jwe_decrypt", options, repeat([&] {
                   const JwtVerdict verdict = tokens.verify(token, kNow);
                   check(static_cast<bool>(verdict), "not opened");
                   keep(verdict->claims().data());
                 }),
                 repeat([&] { keep(limit.decrypt(token)); }));
}

NativeSealer make_native() {
  std::vector<NativeSealKey> keys;
  keys.push_back({"a", SecretBytes{kSecret}});
  Result<NativeSealer> made = NativeSealer::make(std::move(keys));
  check(made.has_value(), "no sealer");
  return *std::move(made);
}

Entry native_seal(const Options& options) {
  const NativeSealer sealer = make_native();
  LimitCrypto limit{kPassword, kSecret};
  const std::string content(80, 'r');
  return compare("native_seal", options, repeat([&] { keep(sealer.seal(content)->data()); }),
                 repeat([&] { keep(limit.native_seal(content)); }));
}

Entry native_unseal(const Options& options) {
  const NativeSealer sealer = make_native();
  LimitCrypto limit{kPassword, kSecret};
  const std::string content(80, 'r');
  const std::string seal = *sealer.seal(content);
  limit.native_seal(content);
  const std::string limit_seal{limit.sealed()};
  return compare("native_unseal", options, repeat([&] {
                   const NativeUnsealed opened = sealer.unseal(seal);
                   check(static_cast<bool>(opened), "not opened");
                   keep(opened.content().data());
                 }),
                 repeat([&] { keep(limit.native_unseal(limit_seal)); }));
}

}  // namespace

std::vector<Named> crypto_benchmarks() {
  std::vector<Named> all;
  for (const std::size_t size : {64U, 512U, 3072U}) {
    all.push_back(bench_seal(size));
    all.push_back(bench_unseal(size));
  }
  const std::string_view work = "limit: HMAC and base64url";
  all.push_back({"jwt_sign", "HS256, strict rules; " + std::string{work}, jwt_sign});
  all.push_back(
      {"jwt_verify", "HS256, claims parsed and judged; " + std::string{work}, jwt_verify});
  all.push_back(
      {"jwe_decrypt", "dir, A256GCM, claims judged; limit: AES and base64url", jwe_decrypt});
  all.push_back({"native_seal", "80 bytes; limit: two HMACs, AES, base64url", native_seal});
  all.push_back({"native_unseal", "80 bytes; limit: two HMACs, AES, base64url", native_unseal});
  return all;
}

}  // namespace latchkey::bench
