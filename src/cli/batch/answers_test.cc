#include "cli/batch/answers.h"

#include <gtest/gtest.h>

#include "codec/json/text.h"

namespace latchkey::codec {
namespace {

constexpr std::int64_t kNow = 1'763'683'200'000;
const std::string kPassword = R"("complex_password_at_least_32_characters_long")";

std::string member(const std::string& answer, std::string_view name) {
  const auto object = JsonObject::parse(answer);
  const JsonValue* value = object ? object->find(name) : nullptr;
  return value != nullptr ? std::string{value->text} : "(none)";
}

std::string sealed(const std::string& value, const std::string& more = "") {
  return member(
      seal_line(R"({"id":1,"value":)" + value + R"(,"password":)" + kPassword + more + "}", kNow),
      "seal");
}

std::string unseal(const std::string& seal, const std::string& password,
                   const std::string& more = "") {
  return unseal_line(R"({"id":"x","seal":)" + seal + R"(,"password":)" + password + more + "}",
                     kNow);
}

TEST(Batch, SealsOpenWithEveryFormOfThePassword) {
  const std::string seal = sealed(R"({"a":[1]})");
  EXPECT_EQ(unseal(seal, kPassword), R"({"id":"x","ok":true,"value":{"a":[1]}})");
  EXPECT_EQ(member(unseal(seal, R"({"default":)" + kPassword + "}"), "ok"), "true");
  EXPECT_EQ(member(unseal(seal, R"({"default":{"secret":)" + kPassword + "}}"), "ok"), "true");
  EXPECT_EQ(member(unseal(seal, R"({"default":{"encryption":)" + kPassword + R"(,"integrity":)" +
                                    kPassword + "}}"),
                   "ok"),
            "true");
}

TEST(Batch, RefusalsAreNamed) {
  const std::string seal = sealed("1", R"(,"options":{"ttl":1000})");
  const auto error = [&](const std::string& text, const std::string& password,
                         const std::string& more = "") {
    return member(unseal(text, password, more), "error");
  };
  EXPECT_EQ(error(seal, kPassword, R"(,"now_ms":1763683261000)"), "\"expired\"");
  EXPECT_EQ(error(seal, "\"\""), "\"empty_password\"");
  EXPECT_EQ(error(seal, "null"), "\"empty_password\"");
  EXPECT_EQ(error(seal, R"({"1":)" + kPassword + "}"), "\"unknown_password\"");
  for (const std::string nothing : {"\"\"", "null", "false", "0", "-0.0"}) {
    EXPECT_EQ(error(seal, R"({"default":)" + nothing + "}"), "\"unknown_password\"") << nothing;
  }
  EXPECT_EQ(error(seal, R"({"default":true})"), "\"empty_password\"");
  EXPECT_EQ(error(seal, "[]"), "\"unknown_password\"");
  EXPECT_EQ(error(seal, R"({"default":{"secret":""}})"), "\"empty_password\"");
  EXPECT_EQ(error(seal, "\"short\""), "\"password_too_short\"");
  EXPECT_EQ(error(seal, R"({"$hex":"00"})"), "\"key_too_small\"");
  EXPECT_EQ(error(seal, R"({"$hex":"0"})"), "\"bad_input\"");
  EXPECT_EQ(error(seal, R"({"default":{"secret":"x","integrity":"y"}})"), "\"password_too_short\"");
  EXPECT_EQ(error(seal, R"({"default":{"encryption":)" + kPassword + "}}"), "\"empty_password\"");
  EXPECT_EQ(error(seal, R"({"default":{"encryption":"","integrity":)" + kPassword + "}}"),
            "\"empty_password\"");
  EXPECT_EQ(error(seal, R"({"default":7})"), "\"empty_password\"");
  EXPECT_EQ(error(seal, R"({"$hex":""})"), "\"empty_password\"");
  EXPECT_EQ(error(seal, R"({"$hex":"0G"})"), "\"bad_input\"");
  EXPECT_EQ(error(seal, "7"), "\"empty_password\"");
  EXPECT_EQ(member(unseal(seal, kPassword, R"(,"options":{"integrity":{"minPasswordlength":99}})"),
                   "message"),
            "\"Password string too short (min 99 characters required)\"");
  EXPECT_EQ(error("\"\"", kPassword), "\"wrong_parts\"");
  EXPECT_EQ(error("7", kPassword), "\"bad_input\"");
  EXPECT_EQ(error(seal, kPassword, R"(,"options":{"encryption":{"algorithm":"des"}})"),
            "\"bad_input\"");
  EXPECT_EQ(member(unseal("\"a*b*c*d*e*f*g*h\"", kPassword), "message"), "\"Wrong mac prefix\"");
}

TEST(Batch, FractionsOfAMillisecondCountUntilTheMomentIsCompared) {
  const std::string seal = sealed("1", R"(,"options":{"ttl":1000})");
  const auto ok = [&](const std::string& now, const std::string& options) {
    return member(
        unseal(seal, kPassword, R"(,"now_ms":)" + now + R"(,"options":{)" + options + "}"), "ok");
  };
  EXPECT_EQ(ok("1763683260999", R"("timestampSkewSec":59.9995)"), "true");
  EXPECT_EQ(ok("1763683261000", R"("timestampSkewSec":59.9995)"), "false");
  EXPECT_EQ(ok("1763683260999.5", ""), "true");
  EXPECT_EQ(ok("1763683261000.5", R"("localtimeOffsetMsec":-0.75)"), "true");
  EXPECT_EQ(ok("1763683261000.5", R"("localtimeOffsetMsec":-0.5)"), "false");
  EXPECT_NE(sealed("1", R"(,"options":{"ttl":0.25})").find("*1763683200001*"), std::string::npos);
}

TEST(Batch, ASealWithASuffixIsAnIronSessionCookie) {
  const std::string cookie = sealed("null", R"(,"layer":"iron-session")");
  EXPECT_TRUE(cookie.ends_with("~2\"")) << cookie;
  EXPECT_EQ(member(unseal(cookie, kPassword), "value"), "{}");
  EXPECT_EQ(member(unseal(cookie, R"({"2":)" + kPassword + "}"), "reason"), "\"unknown-password\"");
}

TEST(Batch, SealsAreMadeUnderANumberedPasswordAsUnderItsDigits) {
  const auto seal = [](const std::string& id) {
    return member(
        seal_line(R"({"value":1,"password":{"id":)" + id + R"(,"secret":)" + kPassword + "}}",
                  kNow),
        "seal");
  };
  EXPECT_TRUE(seal("5").starts_with("\"Fe26.2*5*")) << seal("5");
  EXPECT_TRUE(seal("1e2").starts_with("\"Fe26.2*100*"));
  EXPECT_EQ(member(unseal(seal("5"), R"({"5":)" + kPassword + "}"), "ok"), "true");
  EXPECT_EQ(seal("-5"), "(none)");
  EXPECT_EQ(seal("1.5"), "(none)");
}

TEST(Batch, ARawKeyOpensAnIronSessionCookieWhateverItsId) {
  const std::string key = R"({"$hex":")" + std::string(64, 'a') + R"("})";
  const std::string seal =
      member(seal_line(R"({"value":{},"password":{"id":"7","secret":)" + key + "}}", kNow), "seal");
  const std::string cookie = seal.substr(0, seal.size() - 1) + "~2\"";
  EXPECT_EQ(member(unseal(cookie, key), "ok"), "true");
  EXPECT_EQ(member(unseal(cookie, "7"), "reason"), "\"invalid\"");
}

// What iron-webcrypto 2 makes of them: AES-192-CTR and AES-256-CTR.
TEST(Batch, ALongerRawKeyMakesAesCtrOfItsLength) {
  const std::string options = R"(,"options":{"encryption":{"algorithm":"aes-128-ctr"}})";
  const std::string integrity = R"(,"integrity":{"$hex":")" + std::string(64, 'b') + R"("}})";
  for (const std::size_t bytes : {16U, 24U, 32U}) {
    const std::string password =
        R"({"encryption":{"$hex":")" + std::string(2 * bytes, 'a') + R"("})" + integrity;
    const std::string seal =
        member(seal_line(R"({"value":7,"password":)" + password + options + "}", kNow), "seal");
    EXPECT_EQ(member(unseal(seal, R"({"default":)" + password + "}", options), "value"), "7");
  }
  const std::string odd = R"({"encryption":{"$hex":")" + std::string(50, 'a') + R"("})" + integrity;
  EXPECT_EQ(member(seal_line(R"({"value":7,"password":)" + odd + options + "}", kNow), "ok"),
            "false");
}

TEST(Batch, AnswersStandOnOneLineWithTheIdAsItCame) {
  EXPECT_EQ(unseal_line("not json", kNow), R"({"id":null,"ok":false,"error":"bad_input"})");
  const std::string answer = unseal_line(R"({"id":{"a":[1, 2]},"seal":"","password":"x"})", kNow);
  EXPECT_EQ(member(answer, "id"), R"({"a":[1,2]})");
  EXPECT_EQ(answer.find('\n'), std::string::npos);
}

const std::string kKey = R"("key_b64u":"YS0zMi1ieXRlLXNlY3JldC1mb3ItSFMyNTYtdGVzdHM")";

TEST(Batch, TokensAreJudgedByTheRulesOfJose) {
  const std::string token = member(
      jwt_sign_line(R"({"header":{"alg":"HS256"},"payload":{"exp":1763683201},)" + kKey + "}"),
      "token");
  const auto verify = [&](const std::string& more) {
    return jwt_verify_line(R"({"id":1,"token":)" + token + "," + kKey + more + "}", kNow);
  };
  EXPECT_EQ(
      verify(""),
      R"({"id":1,"ok":true,"payload":{"exp":1763683201},"protected_header":{"alg":"HS256"}})");
  EXPECT_EQ(member(verify(R"(,"now":1763683201)"), "code"), "\"ERR_JWT_EXPIRED\"");
  EXPECT_EQ(member(verify(R"(,"now":1763683201000)"), "code"), "\"ERR_JWT_EXPIRED\"");
  EXPECT_EQ(member(verify(R"(,"options":{"algorithms":["HS512"]})"), "code"),
            "\"ERR_JOSE_ALG_NOT_ALLOWED\"");
  const std::string wrong = verify(R"(,"options":{"algorithms":"HS256"})");
  EXPECT_EQ(member(wrong, "error"), "\"TypeError\"");
  EXPECT_EQ(member(wrong, "code"), "null");
  EXPECT_EQ(member(verify(R"(,"options":{"issuer":"a"})"), "reason"), "\"missing\"");
  EXPECT_EQ(member(jwt_verify_line(R"({"id":1,"token":7})", kNow), "error"), "\"bad_input\"");
}

TEST(Batch, AnOptionOfTheWrongTypeCountsWhenJoseComesToUseIt) {
  const auto outcome = [](const std::string& claims, const std::string& options) {
    const std::string token =
        member(jwt_sign_line(R"({"header":{"alg":"HS256","typ":"JWT"},"payload":)" + claims + "," +
                             kKey + "}"),
               "token");
    const std::string answer = jwt_verify_line(
        R"({"token":)" + token + "," + kKey + R"(,"options":)" + options + "}", kNow);
    return member(answer, "ok") == "true" ? "ok"
           : member(answer, "claim") == "(none)"
               ? member(answer, "error")
               : member(answer, "claim") + member(answer, "reason");
  };
  EXPECT_EQ(outcome("{}", R"({"maxTokenAge":null})"), R"("iat""missing")");
  EXPECT_EQ(outcome(R"({"iat":1})", R"({"maxTokenAge":null})"), R"("TypeError")");
  EXPECT_EQ(outcome("{}", R"({"clockTolerance":true,"subject":"a"})"), R"("sub""missing")");
  EXPECT_EQ(outcome("{}", R"({"clockTolerance":true})"), R"("TypeError")");
  EXPECT_EQ(outcome(R"({"iss":"a"})", R"({"issuer":["a",null]})"), "ok");
  EXPECT_EQ(outcome(R"({"iss":null})", R"({"issuer":["a",null]})"), "ok");
  EXPECT_EQ(outcome(R"({"iss":"null"})", R"({"issuer":null})"), R"("iss""check_failed")");
  EXPECT_EQ(outcome(R"({"iss":{}})", R"({"issuer":{}})"), R"("iss""check_failed")");
  EXPECT_EQ(outcome(R"({"sub":1.0})", R"({"subject":1})"), "ok");
  EXPECT_EQ(outcome(R"({"sub":"1"})", R"({"subject":1})"), R"("sub""check_failed")");
  EXPECT_EQ(outcome(R"({"aud":["b",7]})", R"({"audience":[7]})"), "ok");
  EXPECT_EQ(outcome(R"({"aud":"b"})", R"({"audience":7})"), R"("TypeError")");
  EXPECT_EQ(outcome(R"({"aud":7})", R"({"audience":7})"), R"("aud""check_failed")");
  EXPECT_EQ(outcome("{}", R"({"typ":[1]})"), R"("TypeError")");
  EXPECT_EQ(outcome("{}", R"({"requiredClaims":7})"), R"("TypeError")");
  EXPECT_EQ(outcome("{}", R"({"requiredClaims":[1]})"), R"("1""missing")");
  EXPECT_EQ(outcome(R"({"a":1,"b":1})", R"({"requiredClaims":"ab"})"), "ok");
  EXPECT_EQ(outcome("{}", R"({"crit":7,"keyManagementAlgorithms":7})"), "ok");
  EXPECT_EQ(outcome("{}", "null"), "ok");
  EXPECT_EQ(outcome("{}", R"({"algorithms":null,"subject":"a"})"), R"("TypeError")");
  EXPECT_EQ(
      member(jwt_verify_line(R"({"token":"x",)" + kKey + R"(,"options":{"typ":7}})", kNow), "code"),
      "\"ERR_JWS_INVALID\"");
}

TEST(Batch, EncryptedTokensOpen) {
  const std::string token =
      member(jwt_encrypt_line(R"({"header":{"alg":"dir","enc":"A256GCM"},"payload":{"a":1e400},)" +
                              kKey + "}"),
             "token");
  const std::string answer =
      jwt_decrypt_line(R"({"id":1,"token":)" + token + "," + kKey + "}", kNow);
  EXPECT_EQ(member(answer, "payload"), R"({"a":null})");
  EXPECT_EQ(member(jwt_encrypt_line(R"({"header":{},"payload":{},)" + kKey + "}"), "error"),
            "\"invalid_argument\"");
}

}  // namespace
}  // namespace latchkey::codec
