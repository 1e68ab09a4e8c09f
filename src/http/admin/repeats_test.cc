#include "http/admin/repeats.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

class RepeatsTest : public ::testing::Test {
 protected:
  Response ask(const std::string& key, std::string_view request, int second, int status = 200) {
    return repeats.answer(key, request, UnixTime{std::chrono::seconds{second}}, [&] {
      ++worked;
      Response response;
      response.status = status;
      response.body = std::to_string(worked);
      return response;
    });
  }
  Repeats repeats;
  int worked = 0;
};

TEST_F(RepeatsTest, OnlySuccessIsRememberedForADay) {
  EXPECT_EQ(ask("a", "x", 0, 503).status, 503);
  EXPECT_EQ(ask("a", "x", 0).body, "2") << "a failure may be tried again";
  EXPECT_EQ(ask("a", "x", 86'399).body, "2");
  EXPECT_EQ(ask("a", "y", 0).status, 422);
  EXPECT_EQ(worked, 2);
  EXPECT_EQ(ask("a", "x", 86'400).body, "3");
}

TEST_F(RepeatsTest, OneUnderWayIsNotDoneTwice) {
  Response inner;
  repeats.answer("a", "x", UnixTime{}, [&] {
    inner = ask("a", "x", 0);
    return Response{};
  });
  EXPECT_EQ(inner.status, 409);
  EXPECT_EQ(worked, 0);
}

TEST_F(RepeatsTest, ForgetsTheOldestBeyondAThousand) {
  for (std::size_t i = 0; i <= Repeats::kMost; ++i) ask(std::to_string(i), "x", 0);
  const int before = worked;
  ask("1000", "x", 0);
  EXPECT_EQ(worked, before);
  ask("0", "x", 0);
  EXPECT_EQ(worked, before + 1);
}

TEST_F(RepeatsTest, AKeyIsPrintable) {
  EXPECT_TRUE(Repeats::is_key(std::string(128, 'k')));
  for (const std::string& bad : {std::string{}, std::string(129, 'k'), std::string("a b"),
                                 std::string("a\x7f"), std::string("\xc3\xa9")}) {
    EXPECT_FALSE(Repeats::is_key(bad));
  }
}

}  // namespace
}  // namespace latchkey::http
