// Names, redirects and queries made to break out of HTML, JSON or a header.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "codec/json/json.h"
#include "tests/http/site.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Sign-up refuses some of these; an application may have its users from elsewhere.
const std::string_view kNames[] = {
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "a\r\nSet-Cookie: evil=1",
    "'; DROP TABLE users; --",
    "\\\",\"admin\":true,\"x\":\"",
    "\xff\xfe broken",
    "</title></bdi><h1>owned",
    "\xe2\x80\xae"
    "desrever",
    "&lt;already&gt;",
};

Browser log_in_as(Site& site, std::string_view name, int number) {
  StoredUser user;
  user.user.id = UserId{number};
  user.user.username = name;
  user.username_key = "key" + std::to_string(number);
  EXPECT_TRUE(*site.store().users().add_user(user));
  Browser browser(site);
  browser.cookie = (*site.sessions->create(user.user.id)).token.reveal();
  return browser;
}

TEST(Hostile, NamesAreTextOnEveryPage) {
  Site site;
  int number = 0;
  for (const auto name : kNames) {
    Browser browser = log_in_as(site, name, ++number);
    for (const auto* path : {"/", "/training", "/sessions"}) {
      const auto page = browser.get(path);
      SCOPED_TRACE(std::string(name) + ' ' + path);
      EXPECT_EQ(page.status, 200);
      EXPECT_THAT(page.body, Not(HasSubstr("<script>")));
      EXPECT_THAT(page.body, Not(HasSubstr("<img")));
      EXPECT_THAT(page.body, Not(HasSubstr("<h1>owned")));
      EXPECT_THAT(page.body, Not(HasSubstr("\r")));
      EXPECT_THAT(text(page), Not(HasSubstr("\nSet-Cookie: evil")));
    }
  }
}

TEST(Hostile, NamesStayOneJsonString) {
  Site site;
  int number = 0;
  for (const auto name : kNames) {
    Browser browser = log_in_as(site, name, ++number);
    const auto response = browser.get("/v1/session");
    const auto body = codec::parse_json(response.body);
    ASSERT_TRUE(body) << response.body;
    EXPECT_EQ(body->find("user")->object()->size(), 2U);
    if (name != "\xff\xfe broken") {
      EXPECT_EQ(*body->find("user")->find("username")->string(), name);
    }
  }
}

TEST(Hostile, SignUpRefusesNamesThatBreakLines) {
  Site site;
  Browser browser(site);
  for (const auto* name : {"a%0d%0ab", "a%00b", "%ff",
                           "%e2%80%ae"
                           "b",
                           ""}) {
    const auto page = browser.post_form(
        "/signup", "username=" + std::string(name) + "&password=correct+horse+battery");
    EXPECT_EQ(page.status, 400) << name;
    EXPECT_THAT(page.body, HasSubstr("role=\"alert\""));
  }
}

TEST(Hostile, TypedNamesAreEscapedWhenTheyComeBack) {
  Site site;
  const auto page = Browser(site).post_form(
      "/login", "username=%22+onfocus%3D%22alert(1)%3Cscript%3E&password=wrong");
  EXPECT_THAT(page.body, Not(HasSubstr("onfocus=\"")));
  EXPECT_THAT(page.body, HasSubstr("&quot; onfocus=&quot;alert(1)&lt;script&gt;"));
}

TEST(Hostile, R146NoInputReachesAHeaderUnchecked) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string split = "%0d%0aSet-Cookie:x=y";
  for (const auto& response :
       {browser.post_form("/login", "username=ada&password=correct+horse+battery&next=/a" + split),
        browser.post_form("/login",
                          "username=ada&password=correct+horse+battery"
                          "&next=/%E5%98%8D%E5%98%8ASet-Cookie:x=y"),
        browser.get("/login?next=/" + split), browser.get("/sessions?after=" + split),
        browser.get("/sessions?notice=" + split), browser.get("/" + split)}) {
    const std::string out = text(response);
    EXPECT_THAT(out, Not(HasSubstr("\nSet-Cookie:x")));
    EXPECT_THAT(out, Not(::testing::StartsWith("HTTP/1.1 500")));
  }
}

TEST(Hostile, NothingAClientSendsIs500) {
  Site site;
  Browser browser(site);
  browser.sign_up("ada");
  const std::string long_text(60'000, 'A');
  for (const std::string& cookie :
       {std::string("\xff\x01"), long_text, std::string("a=b=c"), std::string("\"\"")}) {
    for (const auto* path : {"/", "/v1/session", "/training", "/sessions", "/login"}) {
      EXPECT_LT(browser.get(path, {{"Cookie", "session-4470=" + cookie}}).status, 500);
    }
  }
  for (const std::string& target :
       {std::string("/%"), "/" + long_text, "/login?next=" + long_text, std::string("/sessions?%"),
        "/v1/sessions/" + long_text, "/v1/sessions?after=" + long_text}) {
    for (const auto* method : {"GET", "POST", "DELETE", "PUT", ""}) {
      EXPECT_LT(browser.send(method, target).status, 500) << method;
    }
  }
  const Headers odd{{"User-Agent", "\x01\xff" + long_text}, {"X-Forwarded-For", long_text}};
  EXPECT_EQ(browser
                .post_json("/v1/login",
                           "{\"username\":\"ada\",\"password\":\"correct horse battery\"}", odd)
                .status,
            200);
}

}  // namespace
}  // namespace latchkey::testing
