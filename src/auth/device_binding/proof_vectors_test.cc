// Proofs that node:crypto made, and their verdicts: tests/vectors/make_dbsc_vectors.mjs
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "auth/device_binding/proof.h"
#include "base/base64url.h"
#include "codec/json/json.h"

namespace latchkey::auth {
namespace {

// text_member fails the test when there is no such text.
std::string text_member(const codec::Json& object, std::string_view name) {
  const codec::Json* found = object.find(name);
  EXPECT_TRUE(found != nullptr && found->string() != nullptr) << name;
  return found != nullptr && found->string() != nullptr ? *found->string() : std::string{};
}

std::string octets_member(const codec::Json& jwk, std::string_view name) {
  const auto octets = base64url_decode(text_member(jwk, name));
  EXPECT_TRUE(octets) << name;
  return octets ? std::string(octets->begin(), octets->end()) : std::string{};
}

DeviceKey key_in(const codec::Json& jwk) {
  if (text_member(jwk, "kty") == "EC") {
    return {.octets = octets_member(jwk, "x") + octets_member(jwk, "y")};
  }
  return {ProofAlgorithm::rs256, octets_member(jwk, "n"), octets_member(jwk, "e")};
}

TEST(DeviceProof, R163TheVectorsOfAnotherImplementationGetTheirVerdicts) {
  std::ifstream file(LATCHKEY_SOURCE_DIR "/tests/vectors/dbsc.json", std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  const auto vectors = codec::parse_json(text.str());
  ASSERT_TRUE(vectors) << "no vectors";
  const std::string challenge = text_member(*vectors, "challenge");
  const codec::Json* const proofs = vectors->find("proofs");
  ASSERT_TRUE(proofs != nullptr && proofs->array() != nullptr);
  std::size_t accepted = 0;
  for (const codec::Json& one : *proofs->array()) {
    std::optional<DeviceKey> key;
    if (text_member(one, "use") == "refresh") {
      const codec::Json* const jwk = vectors->find("keys")->find(text_member(one, "key"));
      ASSERT_NE(jwk, nullptr);
      key = key_in(*jwk);
    }
    const auto verdict = check_proof(text_member(one, "proof"), key ? &*key : nullptr);
    const bool good = verdict.proof && verdict.proof->challenge == challenge;
    EXPECT_EQ(good, text_member(one, "verdict") == "accepted")
        << text_member(one, "name") << ": " << proof_fault_name(verdict.fault);
    accepted += good ? 1U : 0U;
  }
  EXPECT_GE(accepted, 10U);
  EXPECT_GE(proofs->array()->size(), 150U);
}

}  // namespace
}  // namespace latchkey::auth
