#include "latchkey/secret.h"

#include <gtest/gtest.h>

#include <array>

namespace latchkey {
namespace {

TEST(Secret, EqualCtComparesEveryByteAndTheLength) {
  std::array<std::uint8_t, 32> a{};
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::array<std::uint8_t, 32> b = a;
    EXPECT_TRUE(equal_ct(a, b));
    b[i] ^= 0x80;
    EXPECT_FALSE(equal_ct(a, b)) << i;
  }
  EXPECT_FALSE(equal_ct(a, std::span(a).first(31)));
  EXPECT_TRUE(equal_ct({}, {}));
}

TEST(Secret, WipeOverwritesWithZeros) {
  std::array<std::uint8_t, 8> bytes{1, 2, 3, 4, 5, 6, 7, 8};
  wipe(bytes.data(), bytes.size());
  EXPECT_EQ(bytes, (std::array<std::uint8_t, 8>{}));
}

TEST(Secret, MovesAndLeavesNothingBehind) {
  SecretBytes from(std::string_view("secret"));
  SecretBytes to = std::move(from);
  EXPECT_EQ(to.insecure_view(), "secret");
  EXPECT_TRUE(from.empty());
  SecretBytes other(std::string_view("old"));
  other = std::move(to);
  EXPECT_EQ(other.insecure_view(), "secret");
  EXPECT_TRUE(to.empty());
}

}  // namespace
}  // namespace latchkey
