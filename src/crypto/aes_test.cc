#include "crypto/aes.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace latchkey::crypto {
namespace {

using Buffer = std::vector<std::uint8_t>;

TEST(Aes, CbcPadsAndUnpadsEveryLength) {
  const Buffer key(32, 1), iv(16, 2);
  for (std::size_t size = 0; size < 50; ++size) {
    const Buffer plain(size, 3);
    Buffer cipher(cbc_padded_size(size)), back(cipher.size());
    ASSERT_TRUE(aes_cbc_encrypt(key, iv, plain, cipher));
    ASSERT_EQ(aes_cbc_decrypt(key, iv, cipher, back), size);
    back.resize(size);
    EXPECT_EQ(back, plain);
  }
}

TEST(Aes, WrongLengthsAreRefused) {
  const Buffer key(32), iv(16), short_iv(15), odd_key(31), plain(5);
  Buffer cipher(16), out(16);
  EXPECT_FALSE(aes_cbc_encrypt(odd_key, iv, plain, cipher));
  EXPECT_FALSE(aes_cbc_encrypt(key, short_iv, plain, cipher));
  Buffer small(15);
  EXPECT_FALSE(aes_cbc_encrypt(key, iv, plain, small));
  EXPECT_FALSE(aes_cbc_decrypt(key, iv, Buffer(15), out));
  EXPECT_FALSE(aes_cbc_decrypt(key, iv, {}, out));
  EXPECT_FALSE(aes_cbc_decrypt(key, iv, Buffer(16), small));
  EXPECT_FALSE(aes_ctr(key, short_iv, plain, out));
  EXPECT_FALSE(aes_ctr(key, iv, Buffer(17), out));
  Buffer tag(16), cut(12);
  EXPECT_FALSE(aes_gcm_encrypt(key, iv, {}, plain, out.data(), tag));
  EXPECT_FALSE(aes_gcm_encrypt(key, Buffer(12), {}, plain, out.data(), cut));
  EXPECT_FALSE(aes_gcm_decrypt(key, Buffer(12), {}, plain, cut, out.data()));
}

TEST(Aes, PaddingIsCheckedAsAWhole) {
  Buffer block(32, 7);
  block[31] = 3;
  EXPECT_EQ(pkcs7_length(block), std::nullopt);
  block[30] = block[29] = 3;
  EXPECT_EQ(pkcs7_length(block), 29U);
  block[31] = 0;
  EXPECT_EQ(pkcs7_length(block), std::nullopt);
  EXPECT_EQ(pkcs7_length(Buffer(32, 16)), 16U);
  EXPECT_EQ(pkcs7_length(Buffer(32, 17)), std::nullopt);
  EXPECT_EQ(pkcs7_length(Buffer(16, 16)), 0U);
  EXPECT_EQ(pkcs7_length(Buffer(32, 255)), std::nullopt);
  EXPECT_EQ(pkcs7_length(Buffer(15, 1)), std::nullopt);
}

TEST(Aes, GcmWipesWhatItDidNotAuthenticate) {
  const Buffer key(32, 1), nonce(12, 2), plain(40, 3);
  Buffer cipher(40), tag(16), back(40, 9);
  ASSERT_TRUE(aes_gcm_encrypt(key, nonce, plain, plain, cipher.data(), tag));
  ASSERT_TRUE(aes_gcm_decrypt(key, nonce, plain, cipher, tag, back.data()));
  EXPECT_EQ(back, plain);
  tag[15] ^= 1;
  EXPECT_FALSE(aes_gcm_decrypt(key, nonce, plain, cipher, tag, back.data()));
  EXPECT_EQ(back, Buffer(40));
  tag[15] ^= 1;
  EXPECT_FALSE(aes_gcm_decrypt(key, nonce, {}, cipher, tag, back.data()));
  EXPECT_TRUE(aes_gcm_decrypt(key, nonce, plain, cipher, tag, back.data()));
}

TEST(Aes, OneContextServesAllSizesAndModesInTurn) {
  const Buffer iv(16, 2), plain(20, 3);
  for (int round = 0; round < 2; ++round) {
    for (std::size_t size : {16U, 24U, 32U}) {
      const Buffer key(size, static_cast<std::uint8_t>(size));
      Buffer cipher(32), back(32), stream(20), again(20);
      ASSERT_TRUE(aes_cbc_encrypt(key, iv, plain, cipher));
      ASSERT_TRUE(aes_ctr(key, iv, plain, stream));
      EXPECT_EQ(aes_cbc_decrypt(key, iv, cipher, back), 20U);
      ASSERT_TRUE(aes_ctr(key, iv, stream, again));
      EXPECT_EQ(again, plain);
    }
  }
}

}  // namespace
}  // namespace latchkey::crypto
