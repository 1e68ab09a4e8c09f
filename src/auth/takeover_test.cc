// Sessions of another system, as the front door takes them over.
#include "auth/takeover.h"

#include "tests/support/auth_fixture.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;

// OldSystem believes every cookie: it is the user's name, a dot and whatever tells cookies apart.
class OldSystem final : public session::ForeignSource {
 public:
  std::string_view name() const noexcept override { return "old"; }
  Result<session::ForeignRead> read(std::string_view text, UnixTime) override {
    session::ForeignSession found{.user_id = *UserId::parse(text.substr(0, text.find('.')))};
    found.key = session::foreign_key(text);
    return session::ForeignRead{.session = std::move(found)};
  }
};

class AuthTakeover : public AuthFixture {
 protected:
  std::unique_ptr<Auth> open_window(AuthOptions options, UnixTime until) {
    TakeoverOptions window{.until = until};
    window.cookies.push_back({"app_session", std::make_unique<OldSystem>()});
    options.takeover = std::make_shared<Takeover>(std::move(window), metrics_);
    return open(std::move(options));
  }
  static Ask old(const std::string& cookie) {
    return page().with("Cookie", "app_session=" + cookie);
  }
  static bool takes_over(const Auth& auth, const Ask& ask) {
    return auth.takes_over({ask.method, ask.target, ask.peer, ask.headers});
  }

  Metrics metrics_;
  const UnixTime until_ = clock_.now() + days{60};
};

TEST_F(AuthTakeover, IsForWhoHasNoCookieOfOursAndOpensAPage) {
  AuthOptions options = usual();
  options.bearer = true;
  const auto auth = open_window(std::move(options), until_);
  EXPECT_TRUE(takes_over(*auth, old("u1.a")));
  EXPECT_FALSE(takes_over(*auth, page()));
  EXPECT_FALSE(takes_over(*auth, old("u1.a").with("Authorization", "Bearer x")));
  EXPECT_FALSE(takes_over(*auth, old("u1.a").with("Sec-Purpose", "prefetch")));
  EXPECT_FALSE(takes_over(*auth, page().with("Cookie", "app_session=u1.a; session-8080=x")));
  clock_.set(until_ - Millis{1});
  EXPECT_TRUE(takes_over(*auth, old("u1.a")));
  clock_.advance(Millis{1});
  EXPECT_FALSE(takes_over(*auth, old("u1.a")));
  EXPECT_EQ(begin(*auth, old("u1.a")).state(), AuthState::none);
}

TEST_F(AuthTakeover, DeletesTheOldCookieAndReplacesLinesThatWouldWriteIt) {
  AuthOptions options = usual();
  options.public_url = "https://app.example.com";
  const auto auth = open_window(std::move(options), until_);
  AuthSession session = begin(*auth, old("u1.a"));
  ASSERT_EQ(session.state(), AuthState::user);
  const auto written = lines(session);
  const auto deletion = std::find_if(written.begin(), written.end(), [](const std::string& one) {
    return one.starts_with("app_session=;");
  });
  ASSERT_NE(deletion, written.end());
  EXPECT_NE(deletion->find("; Secure"), std::string::npos) << *deletion;
  EXPECT_TRUE(session.replaces("set-cookie", "app_session=u1.a"));
  EXPECT_FALSE(session.replaces("set-cookie", "theme=dark"));
}

TEST_F(AuthTakeover, WhoLogsOutTheOthersEndsTheirOldCookiesToo) {
  const auto auth = open_window(usual(), until_);
  AuthSession session = begin(*auth, old("u1.a"));
  ASSERT_EQ(session.state(), AuthState::user);
  ASSERT_TRUE(session.log_out_others());
  EXPECT_EQ(begin(*auth, old("u1.b")).state(), AuthState::none);
  EXPECT_EQ(begin(*auth, old("u2.a")).state(), AuthState::user) << "another user";
}

TEST_F(AuthTakeover, ALogOutOutlivesTheWindowWhichMayBeProlonged) {
  const auto auth = open_window(usual(), until_);
  AuthSession session = begin(*auth, old("u1.a"));
  ASSERT_TRUE(session.log_out());
  clock_.set(until_ + days{1});
  const auto longer = open_window(usual(), until_ + days{60});
  ASSERT_TRUE(longer->prune());
  EXPECT_EQ(begin(*longer, old("u1.b")).state(), AuthState::none);
  EXPECT_EQ(begin(*longer, old("u2.a")).state(), AuthState::user) << "another user";
}

}  // namespace
}  // namespace latchkey::testing
