#include "crypto/hash_kind.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/password_hash.h"

namespace latchkey::crypto {
namespace {

constexpr std::string_view kHead = "$argon2id$v=19$m=64,t=1,p=1$";

TEST(HashKind, NamesWhatOtherSystemsStore) {
  const std::string key(128, 'a');
  for (const auto& [hash, kind] : std::initializer_list<std::pair<std::string, const char*>>{
           {"$argon2id$v=19$m=1,t=1,p=1$a$b", "argon2id"},
           {"$argon2i$v=19$m=1,t=1,p=1$a$b", "argon2i"},
           {"$argon2d$v=19$m=1,t=1,p=1$a$b", "argon2d"},
           {"$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "bcrypt"},
           {"$scrypt$ln=16,r=8,p=1$a$b", "scrypt"},
           {"pbkdf2_sha256$600000$salt$hash", "pbkdf2"},
           {"s2:abc:" + key, "lucia-scrypt"},
           {"scrypt:32768:8:1$salt$" + key, "scrypt"},
           {"$6$salt$hash", "sha512-crypt"},
           {"{SSHA}abc", "ldap"},
           {"00112233445566778899aabbccddeeff:" + key, "lucia-scrypt"},
           {"00112233:abc", "unknown"},
           {"my cat's name", "unknown"},
           {"", "unknown"}}) {
    EXPECT_EQ(hash_kind(hash), kind) << hash;
  }
}

TEST(HashKind, WhatIsVerifiableIsVerified) {
  const std::string made = *hash_password("secret", {64, 2, 2}, system_entropy());
  EXPECT_TRUE(can_verify(made));
  EXPECT_EQ(*verify_password("secret", made), PasswordMatch::match);
}

// can_verify answers without hashing what verify_password would say after it.
TEST(HashKind, AgreesWithTheVerifier) {
  const std::string made = *hash_password("secret", {64, 1, 1}, system_entropy());
  const std::string tail = made.substr(kHead.size());
  const std::string tag = tail.substr(tail.find('$') + 1);
  const std::string head(kHead);
  for (const std::string& hash : {made,
                                  made + "x",
                                  made.substr(0, made.size() - 1),
                                  made.substr(0, made.size() - 2),
                                  head + "c2FsdHNhbHQ$" + tag,
                                  head + "c2FsdHNhbA$" + tag,
                                  head + "c2FsdHNhbHR$" + tag,
                                  head + "c2FsdHNhbHQ=$" + tag,
                                  head + "c2FsdHNhbHQ$",
                                  head + "c2FsdHNhbHQ",
                                  head + "$" + tag,
                                  head + "c2FsdHNhbHQ$" + tag + "$",
                                  head + "c2FsdHNhbHQ$YWJjZA",
                                  head + "c2FsdHNhbHQ$YWJj",
                                  head + "c2FsdHNh-HQ$" + tag,
                                  "$argon2id$v=19$m=7,t=1,p=1$" + tail,
                                  "$argon2id$v=19$m=8,t=1,p=2$" + tail,
                                  "$argon2id$v=19$m=16,t=1,p=2$" + tail,
                                  "$argon2id$v=19$m=64,t=0,p=1$" + tail,
                                  "$argon2id$v=19$m=64,t=1,p=0$" + tail,
                                  "$argon2id$v=16$m=64,t=1,p=1$" + tail,
                                  "$argon2id$m=64,t=1,p=1$" + tail,
                                  "$argon2id$v=17$m=64,t=1,p=1$" + tail,
                                  "$argon2i$v=19$m=64,t=1,p=1$" + tail,
                                  "$argon2d$v=19$m=64,p=1,t=1$" + tail,
                                  "$argon2id$v=19$m=64,t=1,t=1,p=1$" + tail,
                                  "$argon2id$v=19$m=64,t=1,p=1,$" + tail,
                                  "$argon2id$v=19$m=64,t=1,p=1,keyid=$" + tail,
                                  "$argon2i$v=19$m=64,t=1,p=1,keyid=a$" + tail,
                                  "$argon2id$v=19$m=1048577,t=1,p=1$" + tail,
                                  "$argon2id$v=19$m=64,t=65,p=1$" + tail,
                                  "$argon2id$v=19$m=064,t=1,p=1$" + tail,
                                  "$argon2id$v=19$m=64,t=1$" + tail,
                                  "$argon2id$v=19$m=64,t=1,p=1" + tail,
                                  std::string{}}) {
    EXPECT_EQ(can_verify(hash), verify_password("secret", hash).has_value()) << hash;
  }
}

}  // namespace
}  // namespace latchkey::crypto
