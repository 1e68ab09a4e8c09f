#include <algorithm>

#include "latchkey/auth.h"
#include "tests/support/auth_fixture.h"

namespace latchkey::testing {

// A response as a framework has it: a list of lines.
struct Answer {
  std::vector<std::pair<std::string, std::string>> lines;
  int count(std::string_view name) const {
    return static_cast<int>(std::count_if(lines.begin(), lines.end(),
                                          [&](const auto& line) { return line.first == name; }));
  }
};

}  // namespace latchkey::testing

template <>
struct latchkey::ResponseHeaders<latchkey::testing::Answer> {
  using Answer = latchkey::testing::Answer;
  template <class Unwanted>
  static void remove_if(Answer& answer, const Unwanted& unwanted) {
    std::erase_if(answer.lines,
                  [&](const auto& line) { return unwanted(line.first, line.second); });
  }
  static void add(Answer& answer, std::string_view name, std::string_view value) {
    answer.lines.emplace_back(name, value);
  }
};

namespace latchkey::testing {
namespace {

class AuthApplyTest : public AuthFixture {};

TEST_F(AuthApplyTest, ApplyReplacesItsOwnLinesAndKeepsOthers) {
  const auto auth = open(usual());
  AuthSession session = begin(*auth, form());
  ASSERT_TRUE(session.sign_up({"ann", kPassword}));
  Answer answer{{{"Set-Cookie", "theme=dark"},
                 {"Set-Cookie", "session-8080=old; Path=/"},
                 {"Set-Cookie", "session-80801=foreign"},
                 {"Set-Cookie", "session-8080.123=foreign"},
                 {"Set-Cookie", "another-8080.1=foreign"},
                 {"Vary", "Accept"},
                 {"cache-control", "public, max-age=60"}}};
  session.apply(answer);
  session.apply(answer);
  EXPECT_EQ(answer.count("Set-Cookie"), 5) << "theirs, the similar names, and ours once";
  EXPECT_EQ(answer.count("Vary"), 2);
  EXPECT_EQ(answer.count("Cache-Control"), 1);
  EXPECT_EQ(answer.count("cache-control"), 0) << "R58: a shared cache must not keep it";
  const auto late = session.log_in(UserId{1});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::headers_sent);
}

TEST_F(AuthApplyTest, ACacheableAnswerKeepsItsOwnRules) {
  const auto auth = open(usual());
  AuthSession session = begin(*auth, page());
  session.cacheable();
  Answer answer{{{"Cache-Control", "public, max-age=60"}, {"Vary", "Accept"}}};
  session.apply(answer);
  ASSERT_EQ(answer.lines.size(), 2U);
  EXPECT_EQ(answer.lines[0].second, "public, max-age=60");
}

}  // namespace
}  // namespace latchkey::testing
