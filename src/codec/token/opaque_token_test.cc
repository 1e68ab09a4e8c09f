#include "codec/token/opaque_token.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::codec {
namespace {

TEST(OpaqueToken, IsNamedByTwentyBytesOfItsHash) {
  // printf abc | sha256sum | cut -c1-40 | xxd -r -p | basenc --base64url
  ASSERT_TRUE(opaque_session_id("abc"));
  EXPECT_EQ(opaque_session_id("abc")->text(), "lko_ungWv48Bz-pBQUDeXa4iI7ADYaM");
}

TEST(OpaqueToken, HasOneTo255CharactersOfTheAlphabet) {
  EXPECT_FALSE(opaque_session_id(""));
  EXPECT_TRUE(opaque_session_id(std::string(255, 'z')));
  EXPECT_FALSE(opaque_session_id(std::string(256, 'z')));
  for (const char* text : {"a b", "a'b", "a.b", "a%b", "\xc3\xa9"}) {
    EXPECT_FALSE(opaque_session_id(text)) << text;
  }
}

}  // namespace
}  // namespace latchkey::codec
