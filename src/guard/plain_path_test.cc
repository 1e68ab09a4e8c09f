#include "guard/plain_path.h"

#include <gtest/gtest.h>

namespace latchkey::guard {
namespace {

TEST(PlainPath, DecodesWhatAllServersReadAlike) {
  EXPECT_EQ(plain_path("/"), "/");
  EXPECT_EQ(plain_path("/admin/"), "/admin/");
  EXPECT_EQ(plain_path("/a/b.js"), "/a/b.js");
  EXPECT_EQ(plain_path("/%61dmin"), "/admin");
  EXPECT_EQ(plain_path("/a%2ejs"), "/a.js");
  EXPECT_EQ(plain_path("/caf%C3%A9"), "/caf\xc3\xa9");
  EXPECT_EQ(plain_path("/...x/.well-known"), "/...x/.well-known");
  EXPECT_EQ(plain_path("/100%25"), "/100%");
  EXPECT_EQ(plain_path("/a%20b+c@d:e=f&g"), "/a b+c@d:e=f&g");
}

TEST(PlainPath, R129RefusesWhatServersDisagreeAbout) {
  for (const std::string_view path : {"",
                                      "admin",
                                      "http://h/admin",
                                      "/public/../admin",
                                      "/public/..",
                                      "/./admin",
                                      "/.",
                                      "/public/%2e%2e/admin",
                                      "/public/.%2E/admin",
                                      "/%2e/admin",
                                      "//admin",
                                      "/public//admin",
                                      "/public%2f..%2fadmin",
                                      "/public%2Fadmin",
                                      "/public\\..\\admin",
                                      "/public%5cadmin",
                                      "/%252e%252e/admin",
                                      "/a%252fb",
                                      "/a%255c",
                                      "/admin;x",
                                      "/admin%3bx",
                                      "/public;/../admin",
                                      "/admin%00",
                                      "/admin%0a",
                                      "/admin%7f",
                                      "/admin%c2%85",
                                      "/a%",
                                      "/a%4",
                                      "/a%zz",
                                      "/a%u0041",
                                      "/a#b",
                                      "/a%23b",
                                      "/a?b",
                                      "/admin%3f",
                                      "/%c0%ae%c0%ae/admin",
                                      "/%c0%afadmin",
                                      "/%e0%80%af",
                                      "/%ff",
                                      "/%ed%a0%80",
                                      "/caf\xc3\xa9",
                                      "/a b",
                                      "/a\tb",
                                      "/a\nb"}) {
    EXPECT_FALSE(plain_path(path)) << path;
  }
}

}  // namespace
}  // namespace latchkey::guard
