#include "http/login_watch.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

constexpr UnixTime kLogInAt = from_unix_millis(1'800'000'000'000);
constexpr LoginWatch::Client kAda{"192.0.2.7", "Firefox"};

SessionId session(int number) {
  std::string text = std::to_string(number);
  return *SessionId::parse(std::string(SessionId::kLength - text.size(), 'A') + text);
}

TEST(LoginWatch, ABrowserThatComesBackWithoutTheCookieHasLostIt) {
  LoginWatch watch;
  EXPECT_FALSE(watch.lost_cookie(kAda, kLogInAt));
  watch.logged_in(kAda, session(1), kLogInAt);
  EXPECT_TRUE(watch.lost_cookie(kAda, kLogInAt));
  EXPECT_TRUE(watch.lost_cookie(kAda, kLogInAt + Millis{59'999})) << "every page may say so";
  EXPECT_FALSE(watch.lost_cookie({"192.0.2.8", "Firefox"}, kLogInAt));
  EXPECT_FALSE(watch.lost_cookie({"192.0.2.7", "Chrome"}, kLogInAt));
}

TEST(LoginWatch, TheCookieComesBackOnce) {
  LoginWatch watch;
  watch.logged_in(kAda, session(1), kLogInAt);
  watch.came_back(session(2), kLogInAt);
  EXPECT_TRUE(watch.lost_cookie(kAda, kLogInAt)) << "another session";
  watch.came_back(session(1), kLogInAt);
  EXPECT_FALSE(watch.lost_cookie(kAda, kLogInAt));
  watch.came_back(session(1), kLogInAt);
  EXPECT_FALSE(watch.lost_cookie(kAda, kLogInAt));
}

TEST(LoginWatch, AfterAMinuteNothingIsKnownAndAClockThatGoesBackKnowsNothing) {
  LoginWatch watch;
  watch.logged_in(kAda, session(1), kLogInAt);
  EXPECT_FALSE(watch.lost_cookie(kAda, kLogInAt + Millis{60'000}));
  EXPECT_FALSE(watch.lost_cookie(kAda, kLogInAt - Millis{1}));
}

TEST(LoginWatch, AFloodForgetsTheOldest) {
  LoginWatch watch;
  watch.logged_in(kAda, session(0), kLogInAt);
  for (int i = 1; i <= 1000; ++i) watch.logged_in({"192.0.2.9", "curl"}, session(i), kLogInAt);
  EXPECT_FALSE(watch.lost_cookie(kAda, kLogInAt));
  EXPECT_TRUE(watch.lost_cookie({"192.0.2.9", "curl"}, kLogInAt));
  for (int i = 1; i <= 1000; ++i) watch.came_back(session(i), kLogInAt);
  EXPECT_FALSE(watch.lost_cookie({"192.0.2.9", "curl"}, kLogInAt));
}

}  // namespace
}  // namespace latchkey::http
