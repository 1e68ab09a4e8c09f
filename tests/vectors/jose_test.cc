#include <gtest/gtest.h>

#include <set>

#include "codec/jose/jose.h"
#include "codec/jose/jwe.h"
#include "crypto/aes.h"
#include "crypto/digest.h"
#include "tests/support/vectors.h"

namespace latchkey::testing {
namespace {

// jose's decoder forgives these; a strict canonical one does not.
const std::set<std::string> kStricter = {"J117", "J126", "J127", "J128", "J129", "J132", "J133"};

std::vector<std::string> texts(const Json& value) {
  if (value.kind() == codec::JsonKind::string) return {value.str()};
  std::vector<std::string> list;
  for (const Json& element : value.list()) list.push_back(element.str());
  return list;
}

JoseSeconds seconds(const Json& value) {
  if (value.kind() == codec::JsonKind::string) return value.str();
  return value.num();
}

JoseOptions jose_options(const Json& given) {
  JoseOptions options;
  if (given.has("algorithms")) options.algorithms = texts(given["algorithms"]);
  if (given.has("keyManagementAlgorithms")) {
    options.key_management_algorithms = texts(given["keyManagementAlgorithms"]);
  }
  if (given.has("contentEncryptionAlgorithms")) {
    options.content_encryption_algorithms = texts(given["contentEncryptionAlgorithms"]);
  }
  if (given.has("crit")) {
    for (const auto& [name, value] : given["crit"].items()) {
      options.crit.emplace_back(name, value.is("true"));
    }
  }
  if (given.has("typ")) options.typ = given.str("typ");
  if (given.has("issuer")) options.issuer = texts(given["issuer"]);
  if (given.has("audience")) options.audience = texts(given["audience"]);
  if (given.has("subject")) options.subject = given.str("subject");
  if (given.has("requiredClaims")) options.required_claims = texts(given["requiredClaims"]);
  if (given.has("clockTolerance")) options.clock_tolerance = seconds(given["clockTolerance"]);
  if (given.has("maxTokenAge")) options.max_token_age = seconds(given["maxTokenAge"]);
  return options;
}

void expect_error(const JoseError& error, const Json& expected) {
  EXPECT_EQ(error.name, expected.str("class")) << error.message;
  EXPECT_EQ(error.code, expected.has("code") ? expected.str("code") : "");
  EXPECT_EQ(error.claim, expected.has("claim") ? expected.str("claim") : "");
  EXPECT_EQ(error.reason, expected.has("reason") ? expected.str("reason") : "");
  if (expected.str("class") != "TypeError") {
    EXPECT_EQ(error.message, expected.str("message"));
  }
}

TEST(JoseVectors, EveryTokenHasTheOutcomeOfJose) {
  const std::string file = read_vectors("jwt.json");
  const Json vectors = Json::parse(file);
  int count = 0;
  for (const Json& test : vectors["cases"].cases()) {
    SCOPED_TRACE(test.str("id") + " " + test.str("note"));
    // An option of the wrong type cannot be written down in C++.
    if (test.str("note") == "allow-list not an array") continue;
    ++count;
    const std::string key = from_base64url(vectors["keys"].str(test.str("key")));
    const auto judge = test.str("op") == "verify" ? jose_verify : jose_decrypt;
    const JoseOutcome outcome = judge(test.str("token"), crypto::as_bytes(key),
                                      jose_options(test["options"]), test["clock"].num());
    const Json expected = test["expected"];
    if (kStricter.count(test.str("id")) == 1) {
      EXPECT_TRUE(std::holds_alternative<JoseError>(outcome));
    } else if (const auto* error = std::get_if<JoseError>(&outcome)) {
      ASSERT_EQ(expected.str("outcome"), "error") << error->name << ": " << error->message;
      expect_error(*error, expected);
    } else {
      ASSERT_EQ(expected.str("outcome"), "ok");
      const auto& token = std::get<JoseToken>(outcome);
      EXPECT_EQ(Json::parse(token.payload).canonical(), expected["payload"].canonical());
      EXPECT_EQ(Json::parse(token.protected_header).canonical(),
                expected["protectedHeader"].canonical());
    }
  }
  EXPECT_GE(count, 140);
}

// with_claim adds a number behind the last member.
std::string with_claim(std::string claims, const std::string& name, double value) {
  claims.pop_back();
  if (claims.size() > 1) claims += ',';
  return claims + '"' + name + "\":" + std::to_string(static_cast<std::int64_t>(value)) + '}';
}

TEST(JoseVectors, SigningGivesTheSameBytes) {
  const std::string file = read_vectors("jwt.json");
  const Json vectors = Json::parse(file);
  for (const Json& test : vectors["signing"].cases()) {
    const double clock = test["clock"].num();
    std::string claims = test["claims"].print();
    const std::string header = test["header"].print();
    if (test["setIssuedAt"].is("true")) claims = with_claim(claims, "iat", clock);
    if (!test["setExpirationTime"].is("null")) {
      const auto life = jose_duration(test.str("setExpirationTime"));
      claims = with_claim(claims, "exp", clock + life.value());
    }
    const std::string key = from_base64url(vectors["keys"].str(test.str("key")));
    const auto token = jose_sign(header, claims, crypto::as_bytes(key));
    ASSERT_TRUE(token);
    EXPECT_EQ(*token, test.str("token"));
  }
}

TEST(JoseVectors, DurationsReadAsJoseReadsThem) {
  const std::string file = read_vectors("jwt.json");
  int count = 0;
  for (const Json& test : Json::parse(file)["durations"].cases()) {
    if (!test.has("input")) continue;  // numbers and dates are no text
    SCOPED_TRACE(test.str("input"));
    ++count;
    const auto duration = jose_duration(test.str("input"));
    ASSERT_EQ(duration.has_value(), test.has("secondsFromNow"));
    if (duration) {
      EXPECT_EQ(*duration, test["secondsFromNow"].num());
    }
  }
  EXPECT_GE(count, 35);
}

TEST(JoseVectors, ContentEncryptionMatchesRfc7518AppendixB) {
  const std::string file = read_vectors("jwt.json");
  for (const Json& test : Json::parse(file)["primitives"].cases()) {
    const std::string rfc = test.str("rfc");
    SCOPED_TRACE(rfc);
    const auto* encryption = codec::find_jwe_encryption(rfc.substr(rfc.rfind(' ') + 1));
    ASSERT_NE(encryption, nullptr);
    const std::string key = from_hex(test.str("keyHex")), iv = from_hex(test.str("ivHex"));
    const std::string cipher = from_hex(test.str("ciphertextHex")),
                      tag = from_hex(test.str("tagHex"));
    const std::string associated = from_hex(test.str("aadHex"));
    const auto plain = codec::jwe_decrypt_content(
        *encryption, crypto::as_bytes(key),
        {crypto::as_bytes(iv), crypto::as_bytes(cipher), crypto::as_bytes(tag), associated});
    ASSERT_TRUE(plain);
    EXPECT_EQ(to_hex(*plain), test.str("plaintextHex"));
    std::string made(crypto::cbc_padded_size(plain->size()), '\0');
    ASSERT_TRUE(crypto::aes_cbc_encrypt(
        crypto::as_bytes(key).last(key.size() / 2), crypto::as_bytes(iv), crypto::as_bytes(*plain),
        {reinterpret_cast<std::uint8_t*>(made.data()), made.size()}));
    EXPECT_EQ(to_hex(made), test.str("ciphertextHex"));
  }
}

}  // namespace
}  // namespace latchkey::testing
