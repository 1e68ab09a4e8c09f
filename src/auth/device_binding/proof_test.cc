#include "auth/device_binding/proof.h"

#include <gtest/gtest.h>

#include <functional>

#include "tests/support/device_browser.h"

namespace latchkey::auth {
namespace {

using testing::base64url;
using testing::DeviceBrowser;

const DeviceBrowser& browser() {
  static const DeviceBrowser made = DeviceBrowser::elliptic();
  return made;
}

std::string octets(std::string_view hex) {
  std::string out;
  const auto value = [](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    out += static_cast<char>(value(hex[i]) * 16 + value(hex[i + 1]));
  }
  return out;
}

// The order n of P-256, n-1, and the field's prime p.
const std::string kOrder =
    octets("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
const std::string kOrderLessOne =
    octets("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632550");
const std::string kPrime =
    octets("ffffffff00000001000000000000000000000000ffffffffffffffffffffffff");

std::string header(std::string_view alg, std::string_view typ, std::string_view jwk,
                   std::string_view more = {}) {
  std::string out = R"({"alg":")" + std::string(alg) + R"(","typ":")" + std::string(typ) + "\"";
  if (!jwk.empty()) out.append(R"(,"jwk":)").append(jwk);
  return out.append(more).append("}");
}
std::string good_header() { return header("ES256", "dbsc+jwt", browser().jwk()); }
std::string ec_jwk(const std::string& x, const std::string& y, std::string_view crv = "P-256") {
  return R"({"kty":"EC","crv":")" + std::string(crv) + R"(","x":")" + base64url(x) + R"(","y":")" +
         base64url(y) + "\"}";
}
std::string with_jwk(const std::string& jwk) {
  return browser().jws(header("ES256", "dbsc+jwt", jwk), R"({"jti":"c"})");
}

constexpr std::string_view kPayload = R"({"jti":"c"})";

std::string message() { return base64url(good_header()) + "." + base64url(kPayload); }
// signed_as is a proof whose signature is what `change` makes of the right one.
std::string signed_as(const std::function<std::string(std::string)>& change) {
  return message() + "." + base64url(change(browser().sign(message())));
}

// der writes r and s as ASN.1, as signatures are outside of JWS.
std::string der(const std::string& flat) {
  const auto integer = [](std::string value) {
    while (value.size() > 1 && value[0] == 0) value.erase(0, 1);
    if ((value[0] & 0x80) != 0) value.insert(0, 1, '\0');
    return std::string("\x02") + static_cast<char>(value.size()) + value;
  };
  const std::string both = integer(flat.substr(0, 32)) + integer(flat.substr(32));
  return std::string("\x30") + static_cast<char>(both.size()) + both;
}

struct Mutation {
  std::string name;
  std::string jws;
  ProofFault fault;
};

std::vector<Mutation> form_mutations() {
  const std::string good = browser().registration("c");
  const auto spoilt = [&](const std::string& changed_header) {
    return browser().jws(changed_header, kPayload);
  };
  std::string unused = good;
  // The last character of 64 octets holds four bits that stand for nothing.
  unused.back() = unused.back() == 'A' ? 'B' : static_cast<char>(unused.back() + 1);
  return {
      {"nothing", "", ProofFault::malformed},
      {"two parts", message(), ProofFault::malformed},
      {"four parts", good + ".", ProofFault::malformed},
      {"padding", good + "=", ProofFault::malformed},
      {"a blank", " " + good, ProofFault::malformed},
      {"bits that stand for nothing", unused, ProofFault::malformed},
      {"a header that is no JSON", spoilt("alg=ES256"), ProofFault::malformed},
      {"a header that is a list", spoilt("[]"), ProofFault::malformed},
      {"a name twice", spoilt(R"({"alg":"none",)" + good_header().substr(1)),
       ProofFault::malformed},
      {"a payload that is a list", browser().jws(good_header(), "[]"), ProofFault::malformed},
      {"too long",
       browser().jws(good_header(), R"({"jti":")" + std::string(kMaxProofBytes, 'c') + "\"}"),
       ProofFault::malformed},
      {"no type", spoilt(R"({"alg":"ES256","jwk":)" + browser().jwk() + "}"),
       ProofFault::wrong_type},
      {"a session token's type", spoilt(header("ES256", "JWT", browser().jwk())),
       ProofFault::wrong_type},
      {"a type in capitals", spoilt(header("ES256", "DBSC+JWT", browser().jwk())),
       ProofFault::wrong_type},
      {"alg none",
       base64url(header("none", "dbsc+jwt", browser().jwk())) + "." + base64url(kPayload) + ".",
       ProofFault::wrong_algorithm},
      {"alg none, signed", spoilt(header("none", "dbsc+jwt", browser().jwk())),
       ProofFault::wrong_algorithm},
      {"HS256, the public key as its secret", spoilt(header("HS256", "dbsc+jwt", browser().jwk())),
       ProofFault::wrong_algorithm},
      {"ES384", spoilt(header("ES384", "dbsc+jwt", browser().jwk())), ProofFault::wrong_algorithm},
      {"PS256", spoilt(header("PS256", "dbsc+jwt", browser().jwk())), ProofFault::wrong_algorithm},
      {"crit", spoilt(header("ES256", "dbsc+jwt", browser().jwk(), R"(,"crit":["exp"])")),
       ProofFault::critical},
      {"b64", spoilt(header("ES256", "dbsc+jwt", browser().jwk(), R"(,"b64":false)")),
       ProofFault::critical},
      {"zip", spoilt(header("ES256", "dbsc+jwt", browser().jwk(), R"(,"zip":"DEF")")),
       ProofFault::critical},
      {"no challenge", browser().jws(good_header(), "{}"), ProofFault::no_challenge},
      {"a number for a challenge", browser().jws(good_header(), R"({"jti":1})"),
       ProofFault::no_challenge},
  };
}

std::vector<Mutation> key_mutations() {
  const std::string x = browser().x(), y = browser().y();
  std::string beside = y;
  beside.back() = static_cast<char>(beside.back() ^ 1);
  const std::string jwk = browser().jwk();
  const std::string zero(32, '\0');
  return {
      {"no key", with_jwk(""), ProofFault::bad_key},
      {"text for a key", with_jwk("\"key\""), ProofFault::bad_key},
      {"a private key", with_jwk(R"({"d":"AA",)" + jwk.substr(1)), ProofFault::bad_key},
      {"RSA under ES256", with_jwk(DeviceBrowser::rsa().jwk()), ProofFault::bad_key},
      {"another curve", with_jwk(ec_jwk(x, y, "P-384")), ProofFault::bad_key},
      {"another use", with_jwk(R"({"alg":"RS256",)" + jwk.substr(1)), ProofFault::bad_key},
      {"a point beside the curve", with_jwk(ec_jwk(x, beside)), ProofFault::bad_key},
      {"the point zero", with_jwk(ec_jwk(zero, zero)), ProofFault::bad_key},
      {"x at the prime", with_jwk(ec_jwk(kPrime, y)), ProofFault::bad_key},
      {"x of 31 octets", with_jwk(ec_jwk(x.substr(1), y)), ProofFault::bad_key},
      {"x of 33 octets", with_jwk(ec_jwk(std::string(1, '\0') + x, y)), ProofFault::bad_key},
      {"no y", with_jwk(R"({"kty":"EC","crv":"P-256","x":")" + base64url(x) + "\"}"),
       ProofFault::bad_key},
  };
}

// The shapes of Wycheproof's ecdsa_secp256r1_sha256_p1363: r and s at their bounds, other lengths,
// another coding.
std::vector<Mutation> signature_mutations() {
  const std::string zero(32, '\0'), one = std::string(31, '\0') + "\x01";
  const auto fixed = [](std::string value) {
    return signed_as([value = std::move(value)](std::string) { return value; });
  };
  return {
      {"DER", signed_as(der), ProofFault::bad_signature},
      {"no signature", message() + ".", ProofFault::bad_signature},
      {"r zero", signed_as([&](std::string s) { return zero + s.substr(32); }),
       ProofFault::bad_signature},
      {"s zero", signed_as([&](std::string s) { return s.substr(0, 32) + zero; }),
       ProofFault::bad_signature},
      {"both zero", fixed(zero + zero), ProofFault::bad_signature},
      {"both one", fixed(one + one), ProofFault::bad_signature},
      {"r at the order", signed_as([&](std::string s) { return kOrder + s.substr(32); }),
       ProofFault::bad_signature},
      {"s at the order", signed_as([&](std::string s) { return s.substr(0, 32) + kOrder; }),
       ProofFault::bad_signature},
      {"both at the order", fixed(kOrder + kOrder), ProofFault::bad_signature},
      {"both one less", fixed(kOrderLessOne + kOrderLessOne), ProofFault::bad_signature},
      {"both the prime", fixed(kPrime + kPrime), ProofFault::bad_signature},
      {"zero and the order", fixed(zero + kOrder), ProofFault::bad_signature},
      {"r and s exchanged", signed_as([](std::string s) { return s.substr(32) + s.substr(0, 32); }),
       ProofFault::bad_signature},
      {"63 octets", signed_as([](std::string s) { return s.substr(0, 63); }),
       ProofFault::bad_signature},
      {"65 octets", signed_as([](std::string s) { return s + '\0'; }), ProofFault::bad_signature},
      {"a zero before s",
       signed_as([](std::string s) { return s.substr(0, 32) + '\0' + s.substr(32); }),
       ProofFault::bad_signature},
      {"a zero before each", signed_as([](std::string s) {
         return std::string(1, '\0') + s.substr(0, 32) + std::string(1, '\0') + s.substr(32);
       }),
       ProofFault::bad_signature},
      {"a bit of s", signed_as([](std::string s) {
         s.back() = static_cast<char>(s.back() ^ 1);
         return s;
       }),
       ProofFault::bad_signature},
      {"a bit of r", signed_as([](std::string s) {
         s.front() = static_cast<char>(s.front() ^ 1);
         return s;
       }),
       ProofFault::bad_signature},
      {"another message",
       base64url(good_header()) + "." + base64url(R"({"jti":"d"})") + "." +
           base64url(browser().sign(message())),
       ProofFault::bad_signature},
      {"another's signature",
       message() + "." + base64url(DeviceBrowser::elliptic().sign(message())),
       ProofFault::bad_signature},
  };
}

void expect_refused(const std::vector<Mutation>& mutations, const DeviceKey* bound = nullptr) {
  for (const Mutation& one : mutations) {
    const ProofVerdict verdict = check_proof(one.jws, bound);
    EXPECT_FALSE(verdict.proof) << one.name;
    EXPECT_EQ(proof_fault_name(verdict.fault), proof_fault_name(one.fault)) << one.name;
  }
}

TEST(DeviceProof, R163AProofOfEitherAlgorithmIsTakenWithTheKeyItBrings) {
  for (const DeviceBrowser& made : {browser(), DeviceBrowser::rsa(), DeviceBrowser::rsa(4096)}) {
    const ProofVerdict brought = check_proof(made.registration("challenge"), nullptr);
    ASSERT_TRUE(brought.proof) << made.algorithm() << " " << proof_fault_name(brought.fault);
    EXPECT_EQ(brought.proof->challenge, "challenge");
    const ProofVerdict later = check_proof(made.refresh("next"), &brought.proof->key);
    ASSERT_TRUE(later.proof) << made.algorithm();
    EXPECT_EQ(later.proof->challenge, "next");
  }
}

TEST(DeviceProof, R163NoMutationOfTheFormIsTaken) { expect_refused(form_mutations()); }
TEST(DeviceProof, R163NoMutationOfTheKeyIsTaken) { expect_refused(key_mutations()); }
TEST(DeviceProof, R163NoMutationOfTheSignatureIsTaken) { expect_refused(signature_mutations()); }

TEST(DeviceProof, R163ABoundKeyIsNeitherReplacedNorOutvoted) {
  const DeviceKey bound = check_proof(browser().registration("c"), nullptr).proof->key;
  expect_refused(
      {{"its own key once more", browser().registration("c"), ProofFault::unwanted_key},
       {"another key", DeviceBrowser::elliptic().registration("c"), ProofFault::unwanted_key},
       {"another's proof", DeviceBrowser::elliptic().refresh("c"), ProofFault::bad_signature},
       {"another algorithm", DeviceBrowser::rsa().refresh("c"), ProofFault::wrong_algorithm},
       {"alg none", base64url(header("none", "dbsc+jwt", "")) + "." + base64url(kPayload) + ".",
        ProofFault::wrong_algorithm}},
      &bound);
}

TEST(DeviceProof, R163AnRsaKeyIsOfSensibleSize) {
  const DeviceBrowser good = DeviceBrowser::rsa();
  const auto with = [&](const std::string& jwk) {
    return good.jws(header("RS256", "dbsc+jwt", jwk), kPayload);
  };
  const std::string n = good.jwk().substr(0, good.jwk().rfind(",\"e\""));
  expect_refused({{"1024 bits", DeviceBrowser::rsa(1024).registration("c"), ProofFault::bad_key},
                  {"2040 bits", DeviceBrowser::rsa(2040).registration("c"), ProofFault::bad_key},
                  {"e is 1", with(n + R"(,"e":"AQ"})"), ProofFault::bad_key},
                  {"e is 3", with(n + R"(,"e":"Aw"})"), ProofFault::bad_key},
                  {"e is even", with(n + R"(,"e":"AQAC"})"), ProofFault::bad_key},
                  {"e with a zero before", with(n + R"(,"e":"AAEAAQ"})"), ProofFault::bad_key},
                  {"no e", with(n + "}"), ProofFault::bad_key}});
  const std::string head = base64url(good.header_with_key()) + "." + base64url(kPayload);
  const std::string signature = good.sign(head);
  expect_refused(
      {{"a short one", head + "." + base64url(signature.substr(1)), ProofFault::bad_signature},
       {"a long one", head + "." + base64url(std::string(1, '\0') + signature),
        ProofFault::bad_signature},
       {"zeros", head + "." + base64url(std::string(256, '\0')), ProofFault::bad_signature}});
}

TEST(DeviceProof, AHeaderValueComesWithQuotesOrWithout) {
  EXPECT_EQ(unquoted("\"abc\""), "abc");
  EXPECT_EQ(unquoted("abc"), "abc");
  EXPECT_EQ(unquoted("\"abc"), "\"abc");
  EXPECT_EQ(unquoted("\""), "\"");
  EXPECT_EQ(unquoted(""), "");
}

}  // namespace
}  // namespace latchkey::auth
