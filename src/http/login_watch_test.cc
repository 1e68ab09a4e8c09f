#include "http/login_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

constexpr UnixTime kNow = from_unix_millis(1'800'000'000'000);
constexpr LoginWatch::Client kAda{"192.0.2.7", "Firefox"};

SessionId session(int number) {
  std::string text = std::to_string(number);
  return *SessionId::parse(std::string(SessionId::kLength - text.size(), 'A') + text);
}

TEST(LoginWatch, ABrowserThatComesBackWithoutTheCookieHasLostIt) {
  LoginWatch watch;
  EXPECT_FALSE(watch.lost_cookie(kAda, kNow));
  watch.logged_in(kAda, session(1), kNow);
  EXPECT_TRUE(watch.lost_cookie(kAda, kNow));
  EXPECT_TRUE(watch.lost_cookie(kAda, kNow + Millis{59'999})) << "every page may say so";
  EXPECT_FALSE(watch.lost_cookie({"192.0.2.8", "Firefox"}, kNow));
  EXPECT_FALSE(watch.lost_cookie({"192.0.2.7", "Chrome"}, kNow));
}

TEST(LoginWatch, TheCookieComesBackOnce) {
  LoginWatch watch;
  watch.logged_in(kAda, session(1), kNow);
  watch.came_back(session(2), kNow);
  EXPECT_TRUE(watch.lost_cookie(kAda, kNow)) << "another session";
  watch.came_back(session(1), kNow);
  EXPECT_FALSE(watch.lost_cookie(kAda, kNow));
  watch.came_back(session(1), kNow);
  EXPECT_FALSE(watch.lost_cookie(kAda, kNow));
}

TEST(LoginWatch, AfterAMinuteNothingIsKnownAndAClockThatGoesBackKnowsNothing) {
  LoginWatch watch;
  watch.logged_in(kAda, session(1), kNow);
  EXPECT_FALSE(watch.lost_cookie(kAda, kNow + Millis{60'000}));
  EXPECT_FALSE(watch.lost_cookie(kAda, kNow - Millis{1}));
}

TEST(LoginWatch, AFloodForgetsTheOldest) {
  LoginWatch watch;
  watch.logged_in(kAda, session(0), kNow);
  for (int i = 1; i <= 1000; ++i) watch.logged_in({"192.0.2.9", "curl"}, session(i), kNow);
  EXPECT_FALSE(watch.lost_cookie(kAda, kNow));
  EXPECT_TRUE(watch.lost_cookie({"192.0.2.9", "curl"}, kNow));
  for (int i = 1; i <= 1000; ++i) watch.came_back(session(i), kNow);
  EXPECT_FALSE(watch.lost_cookie({"192.0.2.9", "curl"}, kNow));
}

}  // namespace
}  // namespace latchkey::http
