#include "base/nearest.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace latchkey {
namespace {

constexpr std::array<std::string_view, 5> kNames{"serve", "seal", "migrate", "list",
                                                 "SERVER_PUBLIC_URL"};

TEST(Nearest, FindsWhatOneTypingMistakeHides) {
  EXPECT_EQ(nearest("sevre", kNames), "serve");
  EXPECT_EQ(nearest("lsit", kNames), "list");
  EXPECT_EQ(nearest("lis", kNames), "list");
  EXPECT_EQ(nearest("migrrate", kNames), "migrate");
  EXPECT_EQ(nearest("SERVR_PUBLIK_URL", kNames), "SERVER_PUBLIC_URL");
  EXPECT_EQ(nearest("list", kNames), "list");
}

TEST(Nearest, NamesNothingThatIsOnlySomehowAlike) {
  for (const std::string& word : {std::string{"user"}, std::string{}, std::string{"x"},
                                  std::string{"database"}, std::string(1000, 's')}) {
    EXPECT_EQ(nearest(word, kNames), "") << word;
  }
  EXPECT_EQ(nearest("serve", {}), "");
}

}  // namespace
}  // namespace latchkey
