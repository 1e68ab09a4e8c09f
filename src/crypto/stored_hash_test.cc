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

const std::string kArgon2Tail = "$AAAAAAAAAAA$AAAAAA";  // eight octets of salt, four of tag

TEST(StoredHash, Argon2IsReadAsItsLibrariesWriteIt) {
  for (const std::string& head :
       {"$argon2id$v=19$m=64,t=1,p=1", "$argon2id$v=16$m=64,t=1,p=1", "$argon2id$m=64,t=1,p=1",
        "$argon2i$v=19$m=64,t=1,p=1", "$argon2d$v=19$m=64,t=1,p=1", "$argon2id$v=19$p=1,t=1,m=64",
        "$argon2id$v=19$m=8,t=1,p=1", "$argon2id$v=19$m=16,t=1,p=2",
        "$argon2id$v=19$m=64,t=1,p=1,keyid=abc"}) {
    EXPECT_TRUE(StoredHash::read(head + kArgon2Tail)) << head;
  }
  for (const std::string& head :
       {"$argon2id$v=18$m=64,t=1,p=1", "$argon2id$v=20$m=64,t=1,p=1", "$argon2id$v=19m=64,t=1,p=1",
        "$argon2id$v=$m=64,t=1,p=1", "$argon2id$v=19$m=64,t=0,p=1", "$argon2id$v=19$m=64,t=1,p=0",
        "$argon2id$v=19$m=7,t=1,p=1", "$argon2id$v=19$m=15,t=1,p=2", "$argon2id$v=19$m=64,t=1",
        "$argon2id$v=19$m=64,p=1", "$argon2id$v=19$t=1,p=1", "$argon2id$v=19$m=64,m=64,t=1,p=1",
        "$argon2id$v=19$m=64,t=1,p=1,x=1", "$argon2id$v=19$m=64x,t=1,p=1",
        "$argon2id$v=19$m=064,t=1,p=1", "$argon2id$v=19$m=64,t=1,p=1,keyid=",
        "$argon2id$v=19$m=64,t=1,p=1,keyid=a,keyid=b", "$argon2i$v=19$m=64,t=1,p=1,keyid=abc"}) {
    EXPECT_FALSE(StoredHash::read(head + kArgon2Tail)) << head;
  }
  const std::string head = "$argon2id$v=19$m=64,t=1,p=1$";
  EXPECT_FALSE(StoredHash::read(head + "AAAAAAAAAA$AAAAAA")) << "seven octets of salt";
  EXPECT_FALSE(StoredHash::read(head + "AAAAAAAAAAA$AAAA")) << "three of tag";
  EXPECT_FALSE(StoredHash::read(head + "AAAAAAAAAAA=$AAAAAA"));
  EXPECT_FALSE(StoredHash::read(head + "AAAAAAAAAAA$AAAAAA=="));
  EXPECT_FALSE(StoredHash::read(head + "AAAAAAAAAAB$AAAAAA")) << "bits that are left over";
}

TEST(StoredHash, Argon2IsKeptInTheOrderOfTheReference) {
  const auto stored = StoredHash::read("$argon2i$t=2,p=1,m=64" + kArgon2Tail);
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->text, "$argon2i$v=16$m=64,t=2,p=1" + kArgon2Tail);
  EXPECT_EQ(stored->argon2, (Argon2Cost{64, 2, 1}));
  EXPECT_EQ(stored->argon2_version, 16U);
  EXPECT_EQ(stored->work.family, HashFamily::argon2);
  EXPECT_EQ(StoredHash::read("$argon2id$m=64,t=1,p=1,keyid=abc" + kArgon2Tail)->pepper_id, "abc");
}

TEST(StoredHash, Base64HasItsAlphabetAndNoFifthLetterAlone) {
  const std::string head = "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAA$";
  EXPECT_TRUE(StoredHash::read(head + "AZaz09+/"));
  for (const char* tag : {"AZaz09+-", "AZaz09+_", "AZaz09+:", "AZaz09+@", "AZaz09+[", "AZaz09+`",
                          "AZaz09+{", "AZaz09+,", "AAAAAAAAA", ""}) {
    EXPECT_FALSE(StoredHash::read(head + tag)) << tag;
  }
}

TEST(StoredHash, AKeyHas16To64OctetsAndTheLengthThatIsNamed) {
  const auto reads = [](const std::string& hash) { return StoredHash::read(hash).has_value(); };
  const std::string werkzeug = "pbkdf2:sha256:1$salt$";
  EXPECT_TRUE(reads(werkzeug + std::string(32, 'a')));
  EXPECT_FALSE(reads(werkzeug + std::string(30, 'a')));
  EXPECT_TRUE(reads("$pbkdf2-sha256$i=1,l=32$c2FsdA$" + kKey32));
  EXPECT_FALSE(reads("$pbkdf2-sha256$i=1,l=33$c2FsdA$" + kKey32));
}

TEST(StoredHash, ScryptKeepsSaltKeyAndCost) {
  const auto stored = StoredHash::read("scrypt:32768:8:2$salt$" + std::string(30, '0') + "ff");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->salt, "salt");
  EXPECT_EQ(stored->key, std::string(15, '\0') + '\xff');
  EXPECT_EQ(stored->n, 32768U);
  EXPECT_EQ(stored->r, 8U);
  EXPECT_EQ(stored->p, 2U);
  EXPECT_EQ(stored->work.family, HashFamily::scrypt);
  const auto lucia = StoredHash::read("abcdefgh:" + kKey64);
  ASSERT_TRUE(lucia);
  EXPECT_EQ(lucia->salt, "abcdefgh");
  EXPECT_EQ(lucia->key, std::string(64, '\xaa'));
  EXPECT_TRUE(lucia->nfkc_only);
  EXPECT_FALSE(stored->nfkc_only);
}

TEST(StoredHash, NoTextIsLongerThanTheLimit) {
  const auto reads = [](const std::string& cost, std::size_t size) {
    std::string text = "$argon2id$v=19$" + cost + ",t=1,p=1$AAAAAAAAAAA$";
    text.resize(size, 'A');
    return StoredHash::read(text).has_value();
  };
  EXPECT_TRUE(reads("m=64", 1024));
  EXPECT_FALSE(reads("m=640", 1025));
  EXPECT_TRUE(StoredHash::read("pbkdf2_sha256$1$" + std::string(256, 's') + "$" + kKey32));
  EXPECT_FALSE(StoredHash::read("pbkdf2_sha256$1$" + std::string(257, 's') + "$" + kKey32));
  const std::string with_nul("pbkdf2_sha256$1$s\0t$", 20);
  EXPECT_FALSE(StoredHash::read(with_nul + kKey32)) << "an engine may cut it there";
}

TEST(StoredHash, HexadecimalIsReadInBothCases) {
  const std::string rest(112, 'a');
  EXPECT_TRUE(StoredHash::read("abcdefgh:1032547698badcfe" + rest));
  EXPECT_TRUE(StoredHash::read("abcdefgh:0123456789abcdef" + rest));
  EXPECT_TRUE(StoredHash::read("abcdefgh:0123456789ABCDEF" + rest));
  for (const char* odd :
       {"0123456789abcdeg", "0123456789ABCDEG", "0123456789abcde/",
        "0123456789abcde:", "0123456789abcde`", "0123456789abcde@", "zz23456789abcdef"}) {
    EXPECT_FALSE(StoredHash::read("abcdefgh:" + (odd + rest))) << odd;
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
