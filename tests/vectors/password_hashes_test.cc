// Password hashes made by the packages they come from: make_password_hashes.mjs.
#include <gtest/gtest.h>

#include <set>

#include "crypto/hash_kind.h"
#include "crypto/password_hash.h"
#include "crypto/stored_hash.h"
#include "crypto/unicode.h"
#include "tests/support/vectors.h"

namespace latchkey::testing {
namespace {

using crypto::PasswordMatch;

PasswordMatch verify(std::string_view password, std::string_view hash) {
  const auto match = crypto::verify_password(password, hash);
  EXPECT_TRUE(match) << hash;
  return match ? *match : PasswordMatch::mismatch;
}

TEST(PasswordHashes, R73HashesOfEveryPackageAreVerified) {
  const std::string file = read_vectors("password_hashes.json");
  std::set<std::string> kinds;
  for (const Json& test : Json::parse(file)["hashes"].cases()) {
    const std::string hash = test.str("hash"), password = test.str("password");
    SCOPED_TRACE(test.str("source") + " " + hash);
    kinds.insert(test.str("kind"));
    EXPECT_EQ(crypto::hash_kind(hash), test.str("kind"));
    ASSERT_TRUE(crypto::can_verify(hash));
    const std::string normal = *crypto::nfkc(password);
    const bool nfkc_only = crypto::StoredHash::read(hash)->nfkc_only;
    const bool as_typed =
        !nfkc_only && normal != password && verify(password, hash) == PasswordMatch::match;
    EXPECT_TRUE(as_typed || verify(normal, hash) == PasswordMatch::match);
    EXPECT_EQ(verify(normal + " ", hash), PasswordMatch::mismatch);
  }
  EXPECT_EQ(kinds, (std::set<std::string>{"argon2d", "argon2i", "argon2id", "bcrypt",
                                          "lucia-scrypt", "pbkdf2", "scrypt"}));
}

// The hash is of the first 72 bytes. Whether more is the right password, nobody can say.
TEST(PasswordHashes, R68BcryptRefusesWhatItWouldCut) {
  const std::string file = read_vectors("password_hashes.json");
  const std::string longest = [] {
    std::string text;
    for (int i = 0; i < 36; ++i) text += "\xc3\xa9";
    return text;
  }();
  int found = 0;
  for (const Json& test : Json::parse(file)["hashes"].cases()) {
    if (test.str("kind") != "bcrypt") continue;
    const std::string hash = test.str("hash"), password = test.str("password");
    if (password == longest) {
      ++found;
      EXPECT_EQ(verify(longest, hash), PasswordMatch::match) << "72 bytes";
      EXPECT_EQ(verify(longest + "a", hash), PasswordMatch::mismatch) << "73 bytes";
    }
    EXPECT_EQ(verify(password + std::string("\0more", 5), hash), PasswordMatch::mismatch);
  }
  EXPECT_EQ(found, 1);
}

}  // namespace
}  // namespace latchkey::testing
