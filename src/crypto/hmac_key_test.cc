#include "crypto/hmac_key.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "crypto/digest.h"

namespace latchkey::crypto {
namespace {

std::string hex(Bytes bytes) {
  std::string out;
  for (const std::uint8_t byte : bytes) {
    out.push_back("0123456789abcdef"[byte >> 4]);
    out.push_back("0123456789abcdef"[byte & 15]);
  }
  return out;
}

std::string mac_hex(Hash hash, std::string_view key, std::initializer_list<Bytes> parts) {
  std::array<std::uint8_t, kMaxDigestBytes> mac;
  HmacKey{hash, as_bytes(key)}.mac(parts, mac);
  return hex({mac.data(), digest_size(hash)});
}

// RFC 4231, test case 2.
TEST(HmacKey, MatchesTheStandardExamples) {
  const std::string_view data = "what do ya want for nothing?";
  EXPECT_EQ(mac_hex(Hash::sha256, "Jefe", {as_bytes(data)}),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(mac_hex(Hash::sha512, "Jefe", {as_bytes(data)}),
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
            "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
}

TEST(HmacKey, PartsAreOneMessageAndAKeyMayBeUsedAgain) {
  const HmacKey key{Hash::sha256, as_bytes("Jefe")};
  std::array<std::uint8_t, 32> whole, parts, again;
  key.mac({as_bytes("abcdef")}, whole);
  key.mac({as_bytes("abc"), {}, as_bytes("def")}, parts);
  key.mac({as_bytes("abcdef")}, again);
  EXPECT_EQ(whole, parts);
  EXPECT_EQ(whole, again);
  EXPECT_EQ(whole, hmac_sha256(as_bytes("Jefe"), as_bytes("abcdef")));
}

TEST(HmacKey, KeysOfEveryLengthAgreeWithTheOneShotCall) {
  for (std::size_t size : {0U, 1U, 63U, 64U, 65U, 200U}) {
    const std::string key(size, 'k');
    std::array<std::uint8_t, 32> mac;
    HmacKey{Hash::sha256, as_bytes(key)}.mac({as_bytes("x")}, mac);
    EXPECT_EQ(mac, hmac_sha256(as_bytes(key), as_bytes("x"))) << size;
  }
}

TEST(HmacKey, MovesKeepTheKey) {
  HmacKey first{Hash::sha1, as_bytes("Jefe")};
  HmacKey second{std::move(first)};
  HmacKey third{Hash::sha512, {}};
  third = std::move(second);
  std::array<std::uint8_t, kMaxDigestBytes> mac;
  third.mac({as_bytes("what do ya want for nothing?")}, mac);
  EXPECT_EQ(hex({mac.data(), 20}), "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79");
}

// RFC 6070, cases 1, 2 and 5.
TEST(Pbkdf2, MatchesTheStandardExamples) {
  std::array<std::uint8_t, 25> out;
  const HmacKey password{Hash::sha1, as_bytes("password")};
  pbkdf2(password, as_bytes("salt"), 1, std::span{out}.first(20));
  EXPECT_EQ(hex(Bytes{out}.first(20)), "0c60c80f961f0e71f3a9b524af6012062fe037a6");
  pbkdf2(password, as_bytes("salt"), 2, std::span{out}.first(20));
  EXPECT_EQ(hex(Bytes{out}.first(20)), "ea6c014dc72d6f8ccd1ed92ace1d41f0d8de8957");
  pbkdf2(HmacKey{Hash::sha1, as_bytes("passwordPASSWORDpassword")},
         as_bytes("saltSALTsaltSALTsaltSALTsaltSALTsalt"), 4096, out);
  EXPECT_EQ(hex(out), "3d2eec4fe41c849b80c8d83662c0e44a8b291a964cf2f07038");
}

// RFC 5869, test case 1.
TEST(Hkdf, MatchesTheStandardExampleAndHasALimit) {
  const std::string input(22, '\x0b');
  std::string salt, info;
  for (int i = 0; i <= 12; ++i) salt.push_back(static_cast<char>(i));
  for (int i = 0xf0; i <= 0xf9; ++i) info.push_back(static_cast<char>(i));
  std::array<std::uint8_t, 42> out;
  ASSERT_TRUE(hkdf(Hash::sha256, as_bytes(input), as_bytes(salt), as_bytes(info), out));
  EXPECT_EQ(hex(out),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  std::string large(255 * 32 + 1, '\0');
  EXPECT_FALSE(hkdf(Hash::sha256, {}, {}, {},
                    {reinterpret_cast<std::uint8_t*>(large.data()), large.size()}));
}

}  // namespace
}  // namespace latchkey::crypto
