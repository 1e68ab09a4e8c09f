#include "crypto/stored_hash.h"

#include <gtest/gtest.h>

namespace latchkey::crypto {
namespace {

const std::string kKey64(128, 'a');  // 64 octets in hexadecimal
const std::string kKey32 = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";  // 32 in base64
const std::string kBcryptTail = "R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW";

// R74: a hash that asks for more than a second or two of work, or 256 MiB, is never computed.
TEST(StoredHash, R74WhatAsksForTooMuchIsNotRead) {
  for (const auto& [fits, too_much] : std::initializer_list<std::pair<std::string, std::string>>{
           {"$2b$15$" + kBcryptTail, "$2b$16$" + kBcryptTail},
           {"$2b$04$" + kBcryptTail, "$2b$03$" + kBcryptTail},
           {"$2b$12$" + kBcryptTail, "$2b$31$" + kBcryptTail},
           {"$scrypt$ln=17,r=8,p=1$c2FsdA$" + kKey32, "$scrypt$ln=22,r=8,p=1$c2FsdA$" + kKey32},
           {"$scrypt$ln=18,r=8,p=2$c2FsdA$" + kKey32, "$scrypt$ln=18,r=8,p=3$c2FsdA$" + kKey32},
           {"$scrypt$ln=18,r=8,p=1$c2FsdA$" + kKey32, "$scrypt$ln=18,r=9,p=1$c2FsdA$" + kKey32},
           {"$scrypt$ln=1,r=1,p=1$c2FsdA$" + kKey32, "$scrypt$ln=0,r=1,p=1$c2FsdA$" + kKey32},
           {"$scrypt$ln=1,r=1,p=1$c2FsdA$" + kKey32, "$scrypt$ln=1,r=0,p=1$c2FsdA$" + kKey32},
           {"$scrypt$ln=1,r=1,p=1$c2FsdA$" + kKey32,
            "$scrypt$ln=1,r=4294967295,p=4294967295$c2FsdA$" + kKey32},
           {"scrypt:32768:8:1$salt$" + kKey64, "scrypt:4294967295:8:1$salt$" + kKey64},
           {"pbkdf2_sha256$2500000$salt$" + kKey32, "pbkdf2_sha256$2500001$salt$" + kKey32},
           {"pbkdf2_sha256$1$salt$" + kKey32, "pbkdf2_sha256$0$salt$" + kKey32},
           {"pbkdf2:sha512:1$salt$" + kKey64, "pbkdf2:sha512:1$salt$" + kKey64 + "aa"},
           {"$pbkdf2-sha1$i=9$c2FsdA$" + kKey32, "$pbkdf2-sha1$i=99999999999$c2FsdA$" + kKey32}}) {
    EXPECT_TRUE(StoredHash::read(fits)) << fits;
    EXPECT_FALSE(StoredHash::read(too_much)) << too_much;
  }
}

TEST(StoredHash, WhatIsMalformedIsNotRead) {
  for (const std::string& hash :
       std::vector<std::string>{std::string(),
                                std::string(2000, 'a'),
                                std::string("a:b"),
                                ":" + kKey64,
                                "s2::" + kKey64,
                                "s3:abc:" + kKey64,
                                "abc:" + kKey64.substr(2),
                                "abc:" + kKey64 + "aa",
                                "a c:" + kKey64,
                                "$2x$12$" + kBcryptTail,
                                "$2b$12$" + kBcryptTail.substr(1),
                                "$2b$1a$" + kBcryptTail,
                                "$2b$12$" + kBcryptTail.substr(1) + "!",
                                "$2b$12$" + kBcryptTail + "a",
                                "$scrypt$ln=10,r=8$c2FsdA$" + kKey32,
                                "$scrypt$ln=10,r=8,p=1$c2FsdA" + kKey32,
                                "$scrypt$ln=4097,r=8,p=1$c2FsdA$" + kKey32,
                                "$scrypt$ln=10,r=8,p=1$$" + kKey32,
                                "$scrypt$ln=10,r=8,p=1$c2FsdA$AAAA",
                                "scrypt:a:8:1$salt$" + kKey64,
                                "pbkdf2_md5$1$salt$" + kKey32,
                                "pbkdf2_sha256$1$$" + kKey32,
                                "pbkdf2_sha256$01$salt$" + kKey32,
                                "pbkdf2_sha256$1$salt",
                                "pbkdf2-sha256$1$salt$" + kKey32,
                                "$pbkdf2-sha256$i=1,l=31$c2FsdA$" + kKey32,
                                "$pbkdf2-sha256$i=1$c2=sdA$" + kKey32,
                                "$pbkdf2-sha256$i=1$c2FsdA$" + kKey32.substr(1) + "B",
                                "pbkdf2:sha1:1$salt$zz" + kKey64,
                                std::string("$2b$12$") + '\0' + kBcryptTail.substr(1)}) {
    EXPECT_FALSE(StoredHash::read(hash)) << hash;
  }
}

TEST(StoredHash, WorkIsCountedInBlocksAndRounds) {
  const auto work = [](const std::string& hash) {
    const auto stored = StoredHash::read(hash);
    EXPECT_TRUE(stored) << hash;
    return stored ? stored->work.units : 0;
  };
  EXPECT_EQ(work("$2b$12$" + kBcryptTail), 4096U);
  EXPECT_EQ(work("00112233445566778899aabbccddeeff:" + kKey64), 16384U * 16);
  EXPECT_EQ(work("s2:0123456789abcdef:" + kKey64), 16384U * 16);
  EXPECT_EQ(work("0123456789abcdef:" + kKey64), 16384U * 8) << "of Lucia 1";
  EXPECT_EQ(work("pbkdf2:sha1:10$salt$" + kKey64), 40U);
  EXPECT_EQ(work("pbkdf2:sha256:10$salt$" + kKey64), 20U);
  EXPECT_EQ(work("pbkdf2:sha512:10$salt$" + kKey64), 10U);
}

}  // namespace
}  // namespace latchkey::crypto
