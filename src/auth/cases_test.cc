#include <algorithm>

#include "tests/support/auth_case.h"

// Every row of tests/auth_cases/requests.jsonl, through Auth and AuthSession.
namespace latchkey::testing {
namespace {

class SessionCase final : public AuthCase {
 public:
  using AuthCase::AuthCase;

 private:
  void play(Ask ask, std::optional<UnixTime> before) override;
  void act(AuthSession& session);
  void expect(AuthSession& session);
  std::string error_;
};

// act does what a handler would do.
void SessionCase::act(AuthSession& session) {
  const std::string verb = text("do");
  if (verb == "require") session.require();
  if (verb == "require_level_1") {
    EXPECT_TRUE(session.require({.level = 1}));
  }
  if (verb == "cacheable") session.cacheable();
  if (verb == "log_out") {
    if (const auto done = session.log_out(); !done) error_ = error_name(done.error().code);
  }
  if (verb.starts_with("log_in")) {
    const bool wrong = verb == "log_in_wrong";
    add_user();
    const auto done = session.log_in({"ann", wrong ? "not that one at all" : kPassword});
    if (!done) error_ = error_name(done.error().code);
    if (done) {
      EXPECT_EQ(*done == Rejection::none, !wrong);
    }
  }
}

void SessionCase::expect(AuthSession& session) {
  EXPECT_EQ(auth_state_name(session.state()), wanted("state"));
  std::vector<std::string> sent;
  for (const std::string& line : lines(session)) sent.push_back(brief(line));
  std::sort(sent.begin(), sent.end());
  EXPECT_EQ(sent, wanted_cookies());
  EXPECT_EQ(line(session, "Cache-Control"), wanted("cache", "private, no-store"));
  EXPECT_EQ(line(session, "Clear-Site-Data"), wanted("clear"));
  EXPECT_EQ(error_, wanted("error"));
  if (const codec::Json* status = row().find("want")->find("status")) {
    EXPECT_EQ(session.status(), *status->integer());
  }
  if (wants("redirect")) {
    EXPECT_EQ(session.redirect(), wanted("redirect"));
  }
  if (wants("code")) {
    EXPECT_NE(session.problem().find("\"code\":\"" + wanted("code") + "\""), std::string::npos)
        << session.problem();
  }
}

void SessionCase::play(Ask ask, std::optional<UnixTime> before) {
  const std::uint64_t calls_before = calls();
  AuthSession session = begin(auth(), std::move(ask),
                              {.may_write = option("may_write", true),
                               .passive = option("passive", false),
                               .fresh = option("fresh", false),
                               .offers = option("offers", true),
                               .cross_site = option("cross_site", false),
                               .json_only = option("json_only", false)});
  const bool after_verb = text("do") == "require_level_1";
  if (after_verb) act(session);
  if (wants("asked")) {
    EXPECT_EQ(calls() != calls_before, wanted_flag("asked"));
  }
  if (wants("touched")) {
    EXPECT_EQ(last_seen() != before, wanted_flag("touched"));
  }
  if (!after_verb) act(session);
  expect(session);
}

TEST(AuthCases, EveryRowHolds) {
  const int rows = each_case([](codec::Json row) { SessionCase(std::move(row)).run(); });
  EXPECT_GE(rows, 150);
}

}  // namespace
}  // namespace latchkey::testing
