#include "codec/jose/jose.h"

#include <gtest/gtest.h>

#include "base/base64url.h"
#include "codec/jose/claims_text.h"
#include "codec/jose/parts.h"
#include "crypto/digest.h"
#include "latchkey/authjs.h"

namespace latchkey {
namespace {

const std::string kKey(32, 'k');

std::string code_of(const JoseOutcome& outcome) {
  const auto* error = std::get_if<JoseError>(&outcome);
  return error == nullptr ? "ok" : error->code.empty() ? error->name : error->code;
}

std::string verify(std::string_view token, const JoseOptions& options = {}) {
  return code_of(jose_verify(token, crypto::as_bytes(kKey), options, 1000));
}

std::string sign(std::string_view claims, std::string_view header = R"({"alg":"HS256"})") {
  return *jose_sign(header, claims, crypto::as_bytes(kKey));
}

// RFC 7515, appendix A.1.
TEST(Jose, TheFirstExampleOfTheStandardVerifies) {
  constexpr std::string_view kToken =
      "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
      "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVl"
      "fQ."
      "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
  const auto key = base64url_decode(
      "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow");
  EXPECT_EQ(code_of(jose_verify(kToken, *key, {}, 1300819379)), "ok");
  EXPECT_EQ(code_of(jose_verify(kToken, *key, {}, 1300819380)), "ERR_JWT_EXPIRED");
}

TEST(Jose, OnlyCanonicalTextVerifies) {
  const std::string good = sign(R"({"a":1})");
  EXPECT_EQ(verify(good), "ok");
  EXPECT_NE(verify(good + "="), "ok");
  EXPECT_NE(verify(good + "\n"), "ok");
  EXPECT_NE(verify(" " + good), "ok");
  EXPECT_EQ(verify(" " + good), "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
  EXPECT_EQ(verify(good + "*"), "ERR_JWS_INVALID");
  std::string other = good;
  other.back() = kBase64urlAlphabet[kBase64urlAlphabet.find(other.back()) ^ 1];
  EXPECT_EQ(verify(other), "ERR_JWS_SIGNATURE_VERIFICATION_FAILED");
}

TEST(Jose, OptionsAreCheckedWhenTheyCount) {
  JoseOptions bad_age;
  bad_age.max_token_age = "soon";
  EXPECT_EQ(verify(sign(R"({"iat":999})"), bad_age), "TypeError");
  // Without `iat` the claim is missed first.
  EXPECT_EQ(verify(sign("{}"), bad_age), "ERR_JWT_CLAIM_VALIDATION_FAILED");
  JoseOptions tolerance;
  tolerance.clock_tolerance = -1.0;
  EXPECT_EQ(verify(sign("{}"), tolerance), "TypeError");
}

TEST(Jose, WrappedKeysAreRefusedAsWithAKeyThatIsNotTheRightOne) {
  const auto decrypt = [](const std::string& header, std::size_t key_bytes,
                          const std::string& encrypted_key = "AAAA") {
    const auto encoded = [](std::string_view text) {
      return base64url_encode(crypto::as_bytes(text));
    };
    const std::string token = encoded("{" + header + R"(,"enc":"A256GCM"})") + "." + encrypted_key +
                              "." + encoded(std::string(12, 'i')) + ".AAAA." +
                              encoded(std::string(16, 't'));
    const std::string key(key_bytes, 'k');
    return code_of(jose_decrypt(token, crypto::as_bytes(key), {}, 1000));
  };
  EXPECT_EQ(decrypt(R"("alg":"A256KW")", 32), "ERR_JWE_DECRYPTION_FAILED");
  EXPECT_EQ(decrypt(R"("alg":"A256KW")", 32, "*"), "ERR_JWE_DECRYPTION_FAILED");
  EXPECT_EQ(decrypt(R"("alg":"A256KW")", 16), "TypeError");
  EXPECT_EQ(decrypt(R"("alg":"A128KW")", 32), "TypeError");
  EXPECT_EQ(decrypt(R"("alg":"A192KW")", 7), "ERR_JWE_DECRYPTION_FAILED");
  EXPECT_EQ(decrypt(R"("alg":"A128GCMKW")", 16), "ERR_JWE_INVALID");
  const std::string parts = R"(,"iv":"AAAAAAAAAAAAAAAA","tag":"AAAAAAAAAAAAAAAAAAAAAA")";
  EXPECT_EQ(decrypt(R"("alg":"A256GCMKW")" + parts, 32), "ERR_JWE_DECRYPTION_FAILED");
  EXPECT_EQ(decrypt(R"("alg":"A256GCMKW")" + parts, 16), "ERR_JWE_INVALID");
  EXPECT_EQ(decrypt(R"("alg":"A512KW")", 32), "ERR_JOSE_NOT_SUPPORTED");
}

TEST(Jose, WhatCannotBeReadIsNotSigned) {
  const auto refused = [](std::string_view header, std::string_view claims, std::string_view key) {
    return !jose_sign(header, claims, crypto::as_bytes(key));
  };
  EXPECT_TRUE(refused(R"({"alg":"none"})", "{}", kKey));
  EXPECT_TRUE(refused("{}", "{}", kKey));
  EXPECT_TRUE(refused("[]", "{}", kKey));
  EXPECT_TRUE(refused(R"({"alg":"HS256"})", "[]", kKey));
  EXPECT_TRUE(refused(R"({"alg":"HS256"})", "{}", ""));
  const auto encrypt = [](std::string_view header, std::size_t key) {
    return jose_encrypt(header, "{}", crypto::as_bytes(std::string(key, 'k')), system_entropy())
        .has_value();
  };
  EXPECT_TRUE(encrypt(R"({"alg":"dir","enc":"A256GCM"})", 32));
  EXPECT_FALSE(encrypt(R"({"alg":"dir","enc":"A256GCM"})", 31));
  EXPECT_FALSE(encrypt(R"({"alg":"A256KW","enc":"A256GCM"})", 32));
  EXPECT_FALSE(encrypt(R"({"alg":"dir","enc":"A256GCM","zip":"DEF"})", 32));
  EXPECT_FALSE(encrypt(R"({"alg":"dir"})", 32));
}

TEST(Jose, DurationsThatAreNoneAreNothing) {
  for (const char* bad :
       {"", " ", "s", "1", "1 x", "1  s", "1s ", "1.s", ".5s", "-", "- -1s", "+-1s",
        "1 s from  now", "1s ago ago", "+1s ago", "1 sago", "1h30m", "٣s"}) {
    EXPECT_EQ(jose_duration(bad), std::nullopt) << bad;
  }
  EXPECT_EQ(jose_duration(std::string(400, '9') + "s"), std::nullopt);
  EXPECT_EQ(jose_duration(" 1s"), 1);
  EXPECT_EQ(jose_duration("1 S AGO"), -1);
  EXPECT_EQ(jose_duration("2.5s"), 3);
  EXPECT_EQ(jose_duration("-2.5s"), -3);
  EXPECT_EQ(jose_duration("00012s"), 12);
  EXPECT_EQ(jose_duration("1M"), 60);
}

TEST(ClaimsText, AddedClaimsReplaceThoseOfTheSameName) {
  EXPECT_EQ(codec::with_claims("{}", {{"a", "1"}}), R"({"a":1})");
  EXPECT_EQ(codec::with_claims(R"({ "a" : [1, 2], "\u0062":0,"c":1})", {{"b", "2"}, {"d", "3"}}),
            R"({"a":[1,2],"c":1,"b":2,"d":3})");
  EXPECT_EQ(codec::with_claims("[]", {{"a", "1"}}), std::nullopt);
}

TEST(Authjs, SecretsAreRequiredAndVersionFourHasOne) {
  const auto made = [](std::vector<std::string_view> texts, AuthjsVersion version) {
    std::vector<SecretBytes> secrets;
    for (const std::string_view text : texts) secrets.emplace_back(text);
    return AuthjsCookies::make(secrets, {.version = version}).has_value();
  };
  EXPECT_FALSE(made({}, AuthjsVersion::v5));
  EXPECT_FALSE(made({""}, AuthjsVersion::v5));
  EXPECT_FALSE(made({"a", ""}, AuthjsVersion::v5));
  EXPECT_TRUE(made({"a", "b"}, AuthjsVersion::v5));
  EXPECT_FALSE(made({"a", "b"}, AuthjsVersion::v4));
  EXPECT_TRUE(made({"a"}, AuthjsVersion::v4));
}

TEST(Authjs, ReissuedClaimsGetNewDatesAndANewId) {
  std::vector<SecretBytes> secrets;
  secrets.emplace_back(std::string_view{"a secret"});
  const auto cookies = AuthjsCookies::make(secrets, {});
  const UnixTime now = from_unix_millis(1'763'683'200'500);
  const auto token =
      cookies->encode(R"({"sub":"u","iat":1,"exp":2,"jti":"old"})", std::chrono::seconds{60}, now);
  ASSERT_TRUE(token);
  const JoseOutcome outcome = cookies->decode(*token, now + std::chrono::seconds{74});
  ASSERT_TRUE(std::holds_alternative<JoseToken>(outcome));
  const std::string& payload = std::get<JoseToken>(outcome).payload;
  EXPECT_TRUE(payload.starts_with(R"({"sub":"u","iat":1763683200,"exp":1763683260,"jti":")"));
  EXPECT_EQ(payload.find("old"), std::string::npos);
  EXPECT_EQ(code_of(cookies->decode(*token, now + std::chrono::seconds{75})), "ERR_JWT_EXPIRED");
  EXPECT_EQ(code_of(cookies->decode("", now)), "ERR_JWE_INVALID");
  EXPECT_FALSE(cookies->encode("[]", std::chrono::seconds{60}, now));
}

}  // namespace
}  // namespace latchkey
