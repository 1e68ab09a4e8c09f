#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using std::chrono::days;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kFormHeader = "username=ada&password=correct+horse+battery&remember=on";

std::string location(const http::Response& response) {
  EXPECT_EQ(response.status, 303);
  return header(response, "Location").value_or("");
}

TEST(PageHome, OffersLogInAndSignUpToAStranger) {
  Site site;
  const auto page = Browser(site).get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.content_type, "text/html; charset=utf-8");
  EXPECT_THAT(page.body, HasSubstr("href=\"/login\""));
  EXPECT_THAT(page.body, HasSubstr("href=\"/signup\""));
  EXPECT_THAT(page.body, Not(HasSubstr("Log out")));
  EXPECT_FALSE(header(page, "Set-Cookie"));
}

TEST(PageHome, GreetsTheUserByName) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto page = browser.get("/");
  EXPECT_THAT(page.body, HasSubstr("Hello, <bdi>ada</bdi>"));
  EXPECT_THAT(page.body, HasSubstr("action=\"/logout\""));
}

TEST(PageLogIn, RenewsTheCookieOfWhoIsLoggedInAlready) {
  for (const char* path : {"/login", "/signup"}) {
    Site site("http://localhost:4470", Policy::lucia());
    Browser browser(site);
    browser.sign_up("ada");
    site.clock.advance(days{16});
    const auto page = browser.get(path);
    EXPECT_EQ(location(page), "/");
    EXPECT_TRUE(sets_cookie(page)) << path;
  }
}

// without_our_script takes out the element of /latchkey.js, which has no text.
std::string without_our_script(const std::string& html) {
  static const std::regex ours(R"(<script src="/latchkey\.js\?v=[^>"]*"[^>]* defer></script>)");
  return std::regex_replace(html, ours, "");
}

TEST(PageHome, NoPageHasAnInlineScriptOrStyle) {
  Site site;
  Browser browser(site);
  std::string all = browser.get("/").body + browser.get("/login").body +
                    browser.get("/signup").body + browser.get("/nothing").body;
  browser.sign_up("ada");
  all += browser.get("/").body + browser.get("/training").body + browser.get("/sessions").body;
  EXPECT_THAT(without_our_script(all), Not(HasSubstr("<script")));
  EXPECT_THAT(all, Not(HasSubstr("style=")));
  EXPECT_THAT(all, Not(HasSubstr("<style")));
}

TEST(PageHome, ABadCookieIsBlankedAndTheReasonTold) {
  Site site;
  Browser browser(site);
  browser.cookie = "garbage";
  auto page = browser.get("/");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(blanks_cookie(page));
  EXPECT_THAT(page.body, Not(HasSubstr("class=\"notice\"")));

  browser.sign_up("ada");
  site.clock.advance(days{31});
  page = browser.get("/");
  EXPECT_TRUE(blanks_cookie(page));
  EXPECT_THAT(page.body, HasSubstr("Your session has expired. Please log in again."));
}

TEST(PageHome, R12APrefetchBlanksNothing) {
  Site site;
  Browser browser(site);
  browser.cookie = "garbage";
  for (const auto* path : {"/", "/login", "/signup"}) {
    EXPECT_FALSE(header(browser.get(path, {{"Sec-Purpose", "prefetch"}}), "Set-Cookie")) << path;
  }
}

TEST(PageHome, AGuestIsAStrangerWhoseCookieStays) {
  Site site;
  Browser guest(site);
  guest.cookie = (*site.sessions->create_guest()).token.reveal();
  const auto page = guest.get("/");
  EXPECT_THAT(page.body, HasSubstr("href=\"/login\""));
  EXPECT_FALSE(header(page, "Set-Cookie"));
  EXPECT_EQ(location(guest.get("/training")), "/login?next=/training");
}

TEST(PageTraining, ShowsTheNameAndSendsStrangersToLogIn) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(location(browser.get("/training")), "/login?next=/training");
  browser.sign_up("ada");
  const auto page = browser.get("/training");
  EXPECT_EQ(page.status, 200);
  EXPECT_THAT(page.body, HasSubstr("<bdi>ada</bdi>"));
  EXPECT_THAT(page.body, HasSubstr("Firefox on Linux"));
}

TEST(PageTraining, AStaleCookieGivesTheLogInPageNotAnError) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(days{15});
  const auto away = browser.get("/training");
  EXPECT_EQ(location(away), "/login?next=/training");
  EXPECT_FALSE(header(away, "Set-Cookie"));
  const auto page = browser.get("/login?next=/training");
  EXPECT_EQ(page.status, 200);
  EXPECT_TRUE(blanks_cookie(page));
  EXPECT_THAT(page.body, HasSubstr("Your session has expired. Please log in again."));
}

TEST(PageTraining, APageVisitCountsAsActivity) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  site.clock.advance(days{10});
  EXPECT_EQ(browser.get("/training").status, 200);
  ASSERT_TRUE(site.sessions->flush());
  site.clock.advance(days{10});
  EXPECT_EQ(browser.get("/training").status, 200);
}

TEST(PageLogIn, ASessionEndedElsewhereIsTold) {
  Site site;
  Browser first(site);
  first.sign_up("ada");
  Browser second(site);
  second.log_in("ada");
  first.send("DELETE", "/v1/sessions?scope=others");
  const auto page = second.get("/login");
  EXPECT_THAT(page.body, HasSubstr("Your session was ended. Please log in again."));
  EXPECT_TRUE(blanks_cookie(page));
}

TEST(PageLogIn, SendsALoggedInVisitorOn) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  EXPECT_EQ(location(browser.get("/login")), "/");
  EXPECT_EQ(location(browser.get("/signup")), "/");
  EXPECT_EQ(location(browser.get("/login?next=/sessions")), "/sessions");
  EXPECT_EQ(location(browser.get("/login?next=//evil.example")), "/");
}

TEST(PageLogIn, HasLabelledFieldsForPasswordManagers) {
  Site site;
  const auto log_in = Browser(site).get("/login").body;
  EXPECT_THAT(log_in, HasSubstr("<label for=\"username\">"));
  EXPECT_THAT(log_in, HasSubstr("autocomplete=\"username\""));
  EXPECT_THAT(log_in, HasSubstr("autocomplete=\"current-password\""));
  const auto sign_up = Browser(site).get("/signup").body;
  EXPECT_THAT(sign_up, HasSubstr("autocomplete=\"new-password\""));
  EXPECT_THAT(sign_up, HasSubstr("aria-describedby=\"rule\""));
  EXPECT_THAT(sign_up, HasSubstr("At least 15 characters"));
}

TEST(PageLogIn, KeepsASafeNextAndDropsAnUnsafeOne) {
  Site site;
  Browser browser(site);
  EXPECT_THAT(browser.get("/login?next=/sessions").body,
              HasSubstr("<input type=\"hidden\" name=\"next\" value=\"/sessions\">"));
  EXPECT_THAT(browser.get("/login?next=/sessions").body, HasSubstr("/signup?next=/sessions"));
  for (const auto* next :
       {"//evil.example", "/%5cevil", "https://evil.example", "%2f%2fe", "/%2509/e"}) {
    const auto page = browser.get("/login?next=" + std::string(next)).body;
    EXPECT_THAT(page, Not(HasSubstr("name=\"next\""))) << next;
    EXPECT_THAT(page, Not(HasSubstr("evil"))) << next;
  }
  EXPECT_EQ(browser.get("/login?next=%").status, 200);
}

TEST(FormLogIn, SetsTheCookieBeforeItSendsTheUserOn) {
  Site site;
  Browser(site).sign_up("ada");
  Browser browser(site);
  const auto response = browser.post_form("/login", kFormHeader);
  EXPECT_EQ(location(response), "/training");
  EXPECT_TRUE(sets_cookie(response));
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(browser.get("/training").status, 200);
}

TEST(FormLogIn, R170GoesToTheSafeNextOnly) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto go = [&](std::string_view next) {
    return location(
        browser.post_form("/login", std::string(kFormHeader) + "&next=" + std::string(next)));
  };
  EXPECT_EQ(go("/sessions"), "/sessions");
  EXPECT_EQ(go("/a?b=c"), "/a?b=c");
  EXPECT_EQ(go("%2Fcaf%C3%A9"), "/caf%C3%A9");
  for (const auto* next : {"//e", "/%5Ce", "/%09/e", "https:e", "javascript:alert(1)", "%2F%2Fe",
                           "@e", "/..//e", "/%0d%0aSet-Cookie:x=y", ""}) {
    EXPECT_EQ(go(next), "/training") << next;
  }
}

TEST(FormLogIn, AnErrorKeepsTheNameAndNeverThePassword) {
  Site site;
  Browser browser(site);
  const auto page = browser.post_form(
      "/login", "username=%22%3Cada%3E&password=my+secret+password+x&next=/sessions");
  EXPECT_EQ(page.status, 401);
  EXPECT_THAT(page.body, HasSubstr("role=\"alert\""));
  EXPECT_THAT(page.body, HasSubstr("User name or password is wrong."));
  EXPECT_THAT(page.body, HasSubstr("value=\"&quot;&lt;ada&gt;\""));
  EXPECT_THAT(page.body, HasSubstr("name=\"next\" value=\"/sessions\""));
  EXPECT_THAT(page.body, Not(HasSubstr("my secret password")));
  EXPECT_THAT(page.body, Not(HasSubstr(" checked")));
  EXPECT_FALSE(header(page, "Set-Cookie"));
}

TEST(FormLogIn, WithoutRememberTheCookieEndsWithTheBrowser) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const auto response = browser.post_form("/login", "username=ada&password=correct+horse+battery");
  EXPECT_THAT(*header(response, "Set-Cookie"), Not(HasSubstr("Max-Age")));
  EXPECT_THAT(*header(browser.post_form("/login", kFormHeader), "Set-Cookie"),
              HasSubstr("Max-Age"));
}

TEST(FormLogIn, ABrokenFormIs400) {
  Site site;
  Browser browser(site);
  for (const auto* body : {"username=%", "username=a&username=b", "username=%zz"}) {
    EXPECT_EQ(browser.post_form("/login", body).status, 400) << body;
    EXPECT_EQ(browser.post_form("/signup", body).status, 400) << body;
  }
}

// O: the log-in form came back without a word.
TEST(FormLogIn, ABrowserThatKeepsNoCookieIsTold) {
  Site site;
  Browser(site).sign_up("ada");
  Browser browser(site);
  const auto lost = HasSubstr("your browser did not keep the cookie");
  EXPECT_THAT(browser.get("/login").body, Not(lost));
  browser.post_form("/login", kFormHeader);
  browser.cookie.clear();
  EXPECT_EQ(location(browser.get("/training")), "/login?next=/training");
  EXPECT_THAT(browser.get("/login?next=/training").body, lost);

  Browser other(site);
  other.user_agent = "curl/8";
  EXPECT_THAT(other.get("/login").body, Not(lost)) << "another browser";

  browser.post_form("/login", kFormHeader);
  EXPECT_EQ(browser.get("/v1/session").status, 200);
  browser.cookie.clear();
  site.clock.advance(std::chrono::seconds{61});
  EXPECT_THAT(browser.get("/login").body, Not(lost)) << "it was kept, and is gone for a reason";
}

TEST(FormLogIn, ACookieThatCameBackWasKept) {
  Site site;
  Browser browser(site);
  browser.post_form("/signup", kFormHeader);
  EXPECT_EQ(browser.get("/training").status, 200);
  browser.cookie.clear();
  EXPECT_THAT(browser.get("/login").body, Not(HasSubstr("did not keep the cookie")));
}

// F3: the form was shown, and its answer was 403.
TEST(PageLogIn, F3NamesTheRightAddressWhenOpenedUnderAnother) {
  Site site("https://app.example.com");
  Browser browser(site);
  const auto notice =
      HasSubstr("The address of this site is <a href=\"https://app.example.com/\">");
  for (const auto* path : {"/", "/login", "/signup"}) {
    EXPECT_THAT(browser.get(path, {{"Host", "www.example.com"}}).body, notice) << path;
    EXPECT_THAT(browser.get(path, {{"Host", "192.0.2.1:4470"}}).body, notice) << path;
    EXPECT_THAT(browser.get(path, {{"Host", "app.example.com"}}).body, Not(notice)) << path;
    EXPECT_THAT(browser.get(path, {{"Host", "127.0.0.1:4470"}, {"Sec-Fetch-Site", "none"}}).body,
                Not(notice))
        << "a proxy's default";
    EXPECT_THAT(browser.get(path, {{"Host", "up.internal"}, {"Connection", "close"}}).body,
                Not(notice))
        << "a proxy of HTTP/1.0";
  }
}

// C17
TEST(PageNotFound, HasTheNavigationOfWhoeverAsks) {
  Site site;
  Browser browser(site);
  const auto stranger = browser.get("/nothing");
  EXPECT_EQ(stranger.status, 404);
  EXPECT_THAT(stranger.body, HasSubstr("<nav aria-label=\"Main\"><a href=\"/login\">"));
  browser.sign_up("ada");
  const auto page = browser.get("/nothing");
  EXPECT_EQ(page.status, 404);
  EXPECT_THAT(page.body, HasSubstr("<a href=\"/sessions\">"));
  EXPECT_THAT(page.body, HasSubstr("action=\"/logout\""));
  EXPECT_FALSE(header(page, "Set-Cookie"));
  EXPECT_THAT(browser.get("/sessions?after=%").body, HasSubstr("<a href=\"/sessions\""));
}

TEST(FormSignUp, OpensASessionAndGoesToTraining) {
  Site site;
  Browser browser(site);
  EXPECT_EQ(location(browser.post_form("/signup", kFormHeader)), "/training");
  EXPECT_THAT(browser.get("/").body, HasSubstr("<bdi>ada</bdi>"));
}

TEST(FormSignUp, ATakenNameIsShownInTheForm) {
  Site site;
  Browser(site).sign_up("ada");
  const auto page = Browser(site).post_form("/signup", kFormHeader);
  EXPECT_EQ(page.status, 409);
  EXPECT_THAT(page.body, HasSubstr("This user name is already taken."));
  EXPECT_THAT(page.body,
              HasSubstr("value=\"ada\" aria-invalid=\"true\" aria-describedby=\"problem\""));
  EXPECT_THAT(page.body, HasSubstr(" checked"));
}

TEST(FormSignUp, AShortPasswordIsShownInTheForm) {
  Site site;
  const auto page = Browser(site).post_form("/signup", "username=ada&password=short");
  EXPECT_EQ(page.status, 400);
  EXPECT_THAT(page.body, HasSubstr("Use at least 15 characters."));
  EXPECT_THAT(page.body,
              HasSubstr("aria-invalid=\"true\" aria-describedby=\"problem rule\" autofocus"));
  EXPECT_THAT(page.body, HasSubstr("value=\"ada\""));
}

TEST(FormLogOut, EndsTheSessionAndGoesHome) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string token = browser.cookie;
  const auto response = browser.post_form("/logout", "");
  EXPECT_EQ(location(response), "/");
  EXPECT_TRUE(blanks_cookie(response));
  browser.cookie = token;
  EXPECT_EQ(location(browser.get("/training")), "/login?next=/training");
}

TEST(Assets, TheStylesheetMayBeCachedForGoodBecauseItsNameChangesWithIt) {
  Site site;
  Browser browser(site);
  const std::string page = browser.get("/").body;
  const std::size_t at = page.find("/assets/style-");
  ASSERT_NE(at, std::string::npos);
  const auto response = browser.get(page.substr(at, page.find('"', at) - at));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "text/css; charset=utf-8");
  EXPECT_THAT(text(response), HasSubstr("Cache-Control: public, max-age=31536000, immutable\r\n"));
  EXPECT_THAT(text(response), Not(HasSubstr("no-store")));
  EXPECT_THAT(text(response), Not(HasSubstr("Set-Cookie")));
  EXPECT_EQ(browser.get("/assets/style-AAAAAAAAAAAA.css").status, 404);
}

TEST(BrowserScript, IsRevalidatedUnlessItsAddressHasItsVersion) {
  Site site;
  Browser browser(site);
  const auto plain = browser.get("/latchkey.js");
  EXPECT_EQ(plain.status, 200);
  EXPECT_EQ(plain.content_type, "text/javascript; charset=utf-8");
  EXPECT_THAT(text(plain), HasSubstr("Cache-Control: public, no-cache\r\n"));
  const std::string tag = header(plain, "ETag").value_or("");
  for (const std::string& known : {tag, "W/" + tag, "\"a\", " + tag, std::string("*")}) {
    const auto kept = browser.get("/latchkey.js", {{"If-None-Match", known}});
    EXPECT_EQ(kept.status, 304) << known;
    EXPECT_EQ(kept.body, "");
  }
  EXPECT_EQ(browser.get("/latchkey.js", {{"If-None-Match", "\"old\""}}).status, 200);
  const std::string version = tag.substr(1, tag.size() - 2);
  EXPECT_THAT(text(browser.get("/latchkey.js?v=" + version)), HasSubstr("immutable\r\n"));
  EXPECT_THAT(text(browser.get("/latchkey.js?v=old")), HasSubstr("no-cache\r\n"));
  EXPECT_THAT(browser.get("/").body, HasSubstr("<script src=\"/latchkey.js?v=" + version + "\""));
}

TEST(BrowserScript, PagesSayWhoTheyAreForAndWhatIsPrivate) {
  Site site;
  Browser browser(site);
  EXPECT_THAT(browser.get("/login").body, HasSubstr(" data-session=\"null\" defer>"));
  EXPECT_THAT(browser.get("/login").body, Not(HasSubstr("data-latchkey-private")));
  browser.sign_up("ada");
  for (const char* path : {"/", "/training", "/sessions"}) {
    const std::string page = browser.get(path).body;
    EXPECT_THAT(page, HasSubstr(" data-session=\"{&quot;id&quot;:&quot;")) << path;
    EXPECT_THAT(page, HasSubstr("<main id=\"main\" tabindex=\"-1\" data-latchkey-private>"))
        << path;
  }
  EXPECT_THAT(browser.get("/nowhere").body, HasSubstr("\" defer></script>"))
      << "the script asks who this is";
}

TEST(BrowserScript, StatusIsAnsweredToEverybody) {
  Site site;
  Browser browser(site);
  EXPECT_THAT(browser.get("/v1/session/status").body,
              HasSubstr("{\"status\":\"unauthenticated\",\"reason\":null,\"session\":null,"));
  browser.sign_up("ada");
  EXPECT_THAT(browser.get("/v1/session/status").body, HasSubstr("\"status\":\"authenticated\""));
  site.clock.advance(std::chrono::hours{24 * 365});
  const auto late = browser.get("/v1/session/status");
  EXPECT_EQ(late.status, 200);
  EXPECT_THAT(late.body, HasSubstr("\"reason\":\"expired\""));
  EXPECT_FALSE(sets_cookie(late)) << "the log-in page is to say why";
}

}  // namespace
}  // namespace latchkey::testing
