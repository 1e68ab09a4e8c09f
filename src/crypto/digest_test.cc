#include "crypto/digest.h"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <string>

namespace latchkey::crypto {
namespace {

std::string hex(const Digest256& digest) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (std::uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

// FIPS 180-4 examples.
TEST(Digest, Sha256OfTheStandardExamples) {
  EXPECT_EQ(hex(sha256(as_bytes(""))),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Digest, Sha256AgreesWithOpenSslAtEveryLength) {
  std::string text;
  for (int length = 0; length <= 130; ++length) {
    Digest256 expected{};
    ASSERT_EQ(EVP_Q_digest(nullptr, "SHA256", nullptr, text.data(), text.size(), expected.data(),
                           nullptr),
              1);
    EXPECT_EQ(hex(sha256(as_bytes(text))), hex(expected)) << length;
    text += static_cast<char>(length * 7 + 1);
  }
}

// RFC 4231 cases 1, 2 and 6 (a key longer than a block).
TEST(Digest, HmacSha256OfRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(as_bytes(std::string(20, '\x0b')), as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(as_bytes(std::string(131, '\xaa')),
                            as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

}  // namespace
}  // namespace latchkey::crypto
