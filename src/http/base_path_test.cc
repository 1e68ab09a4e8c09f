#include "http/base_path.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(BasePath, IsAPlainPathThatNoRouteBeginsWith) {
  for (const char* path : {"/auth", "/a/b", "/~sso_1.2-x"}) EXPECT_TRUE(is_base_path(path)) << path;
  for (const char* path :
       {"", "/", "auth", "/auth/", "//auth", "/a//b", "/../a", "/a b", "/a%41", "/a?b", "/a;b",
        "/login", "/v1/x", "/assets", "/sessions/x", "/livez", "/latchkey.js"}) {
    EXPECT_FALSE(is_base_path(path)) << path;
  }
}

TEST(BasePath, IsTakenOffAsAWhole) {
  EXPECT_EQ(without_base("/auth/login", "/auth"), "/login");
  EXPECT_EQ(without_base("/auth/", "/auth"), "/");
  EXPECT_EQ(without_base("/auth", "/auth"), "/");
  EXPECT_EQ(without_base("/author/login", "/auth"), "/author/login");
  EXPECT_EQ(without_base("/login", "/auth"), "/login");
  EXPECT_EQ(without_base("/auth/auth/login", "/auth"), "/auth/login");
  EXPECT_EQ(without_base("/login", ""), "/login");
}

TEST(BasePath, IsAddedToOurOwnAddressesAndNoOthers) {
  Response page;
  page.content_type = "text/html; charset=utf-8";
  page.body = R"(<a href="/">a</a><a href="https://e.example/">b</a><form action="/login"></form>)"
              R"(<p>href=&quot;/x&quot;</p><input value="/next"><script src="/s.js"></script>)";
  page.headers = {{"Location", "/login?next=%2Fa"}};
  add_base(page, "/auth");
  EXPECT_EQ(page.body,
            R"(<a href="/auth/">a</a><a href="https://e.example/">b</a>)"
            R"(<form action="/auth/login"></form><p>href=&quot;/x&quot;</p><input value="/next">)"
            R"(<script src="/auth/s.js"></script>)");
  EXPECT_EQ(page.headers[0].second, "/auth/login?next=%2Fa");
  Response elsewhere;
  elsewhere.content_type = "application/json";
  elsewhere.body = R"({"a":" href=\"/"})";
  elsewhere.headers = {{"Location", "https://example.com/a"}};
  Response same = elsewhere;
  add_base(same, "/auth");
  EXPECT_EQ(same.body, elsewhere.body);
  EXPECT_EQ(same.headers, elsewhere.headers);
}

}  // namespace
}  // namespace latchkey::http
