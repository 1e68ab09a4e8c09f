#include "http/api/problem.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/json.h"

namespace latchkey::http {
namespace {

TEST(Problem, EachRowStandsAtItsOwnPlace) {
  std::set<std::string_view> codes;
  for (std::size_t i = 0; i < kProblems; ++i) {
    const auto problem = static_cast<Problem>(i);
    const ProblemText& text = problem_text(problem);
    EXPECT_EQ(text.problem, problem);
    EXPECT_TRUE(codes.insert(text.code).second) << text.code;
    EXPECT_GE(text.status, 400);
  }
}

TEST(Problem, IsProblemJson) {
  for (std::size_t i = 0; i < kProblems; ++i) {
    const ProblemText& text = problem_text(static_cast<Problem>(i));
    const Response response = problem_response(static_cast<Problem>(i));
    EXPECT_EQ(response.status, text.status);
    EXPECT_EQ(response.content_type, "application/problem+json; charset=utf-8");
    const auto body = codec::parse_json(response.body);
    ASSERT_TRUE(body) << response.body;
    EXPECT_EQ(body->object()->size(), 5U);
    EXPECT_EQ(*body->find("type")->string(), "about:blank");
    EXPECT_NE(*body->find("title")->string(), "");
    EXPECT_EQ(*body->find("status")->integer(), text.status);
    EXPECT_EQ(*body->find("detail")->string(), text.detail);
    EXPECT_EQ(*body->find("code")->string(), text.code);
    const bool challenged =
        !response.headers.empty() && response.headers.front().first == "WWW-Authenticate";
    EXPECT_EQ(challenged, text.status == 401);
  }
}

TEST(Problem, RejectionsKeepTheirNames) {
  for (const auto rejection :
       {Rejection::username_invalid, Rejection::username_taken, Rejection::password_too_short,
        Rejection::password_too_long, Rejection::password_invalid, Rejection::password_common,
        Rejection::wrong_credentials}) {
    EXPECT_EQ(problem_text(problem_of(rejection)).code, rejection_name(rejection));
  }
}

TEST(Problem, FailuresAreAnsweredWithTheStatusOfTheirCode) {
  for (const auto code :
       {Errc::store_unavailable, Errc::store_busy, Errc::store_read_only, Errc::store_damaged,
        Errc::sqlite_shared, Errc::store_mismatch, Errc::entropy_unavailable,
        Errc::crypto_unavailable, Errc::overloaded, Errc::rate_limited, Errc::conflict,
        Errc::user_changed, Errc::bad_config}) {
    EXPECT_EQ(problem_text(problem_of(code)).status, error_http_status(code)) << error_name(code);
  }
}

TEST(Problem, OverloadAsksToComeBackInASecond) {
  EXPECT_THAT(problem_response(Problem::overloaded).headers,
              ::testing::ElementsAre(::testing::Pair("Retry-After", "1")));
}

}  // namespace
}  // namespace latchkey::http
