// Our tokens beside those of libjwt, the JWT library that Debian has; built where it is installed.
#include <jwt.h>

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "bench/harness.h"
#include "bench/token_inputs.h"
#include "latchkey/codec/jwt.h"

namespace latchkey::bench {
namespace {

const unsigned char* secret() { return reinterpret_cast<const unsigned char*>(kSecret.data()); }

JwtCodec make_codec() {
  std::vector<JwtKey> keys;
  keys.push_back({JwtAlgorithm::hs256, SecretBytes{kSecret}});
  Result<JwtCodec> made = JwtCodec::make(std::move(keys));
  check(made.has_value(), "no codec");
  return *std::move(made);
}

std::string sign_with_libjwt() {
  jwt_t* token = nullptr;
  check(jwt_new(&token) == 0, "jwt_new");
  jwt_add_grant(token, "userId", "u_0123456789abcdef");
  jwt_add_grant_int(token, "iat", to_unix_millis(kNow) / 1000);
  jwt_add_grant_int(token, "exp", to_unix_millis(kLater) / 1000);
  jwt_set_alg(token, JWT_ALG_HS256, secret(), static_cast<int>(kSecret.size()));
  char* text = jwt_encode_str(token);
  check(text != nullptr, "jwt_encode_str");
  std::string out = text;
  std::free(text);  // libjwt allocates with malloc
  jwt_free(token);
  return out;
}

// As ours does: signature, one claim read, expiry judged.
void verify_with_libjwt(const std::string& text) {
  jwt_t* token = nullptr;
  check(jwt_decode(&token, text.c_str(), secret(), static_cast<int>(kSecret.size())) == 0,
        "jwt_decode");
  check(jwt_get_alg(token) == JWT_ALG_HS256, "another algorithm");
  check(jwt_get_grant_int(token, "exp") > to_unix_millis(kNow) / 1000, "expired");
  keep(jwt_get_grant(token, "userId"));
  jwt_free(token);
}

Entry sign(const Options& options) {
  const JwtCodec tokens = make_codec();
  const std::string claims = R"({"userId":"u_0123456789abcdef"})";
  return compare("jwt_sign_libjwt", options,
                 repeat([&] { keep(tokens.issue(claims, kLater, kNow)->data()); }),
                 repeat([] { keep(sign_with_libjwt().data()); }));
}

Entry verify(const Options& options) {
  const JwtCodec tokens = make_codec();
  const std::string text = sign_with_libjwt();
  return compare("jwt_verify_libjwt", options, repeat([&] {
                   const JwtVerdict verdict = tokens.verify(text, kNow);
                   check(static_cast<bool>(verdict), "not verified");
                   keep(verdict->claims().data());
                 }),
                 repeat([&] { verify_with_libjwt(text); }));
}

}  // namespace

std::vector<Named> libjwt_benchmarks() {
  return {{"jwt_sign_libjwt", "HS256; beside libjwt in the place of the limit", sign},
          {"jwt_verify_libjwt", "HS256; beside libjwt in the place of the limit", verify}};
}

}  // namespace latchkey::bench
