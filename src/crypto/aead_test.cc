#include "crypto/aead.h"

#include <gtest/gtest.h>

namespace latchkey::crypto {
namespace {

AeadKey key(std::uint8_t first) {
  AeadKey key{};
  key[0] = first;
  return key;
}

TEST(Aead, OpensWhatItSealed) {
  for (std::string_view plain : {"", "a", "a secret of 24 characters"}) {
    const auto sealed = aead_seal(key(1), plain, "context", system_entropy());
    ASSERT_TRUE(sealed);
    EXPECT_EQ(sealed->size(), plain.size() + 28);
    EXPECT_EQ(aead_open(key(1), *sealed, "context"), plain);
  }
}

TEST(Aead, R114AnotherKeyContextOrBitOpensNothing) {
  const std::string sealed = *aead_seal(key(1), "plain", "context", system_entropy());
  EXPECT_FALSE(aead_open(key(2), sealed, "context"));
  EXPECT_FALSE(aead_open(key(1), sealed, "contexT"));
  for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit) {
    std::string flipped = sealed;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(aead_open(key(1), flipped, "context")) << bit;
  }
  for (std::size_t length = 0; length < sealed.size(); ++length) {
    EXPECT_FALSE(aead_open(key(1), sealed.substr(0, length), "context"));
  }
}

TEST(Aead, R115TheNonceIsNewEachTime) {
  EXPECT_NE(*aead_seal(key(1), "plain", "", system_entropy()),
            *aead_seal(key(1), "plain", "", system_entropy()));
}

// NIST GCM test case 14 (zero key, zero nonce, one zero block), laid out as nonce, text, tag.
TEST(Aead, OpensTheStandardExample) {
  const std::string sealed = std::string(12, '\0') +
                             std::string(
                                 "\xce\xa7\x40\x3d\x4d\x60\x6b\x6e\x07\x4e\xc5\xd3\xba\xf3\x9d\x18"
                                 "\xd0\xd1\xc8\xa7\x99\x99\x6b\xf0\x26\x5b\x98\xb5\xd4\x8a\xb9\x19",
                                 32);
  EXPECT_EQ(aead_open(AeadKey{}, sealed, ""), std::string(16, '\0'));
}

}  // namespace
}  // namespace latchkey::crypto
