#include "cli/hide_password.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::cli {
namespace {

std::string hidden(std::string argument) {
  hide_password(argument.data());
  return argument;
}

TEST(HidePassword, L2R125OverwritesAPasswordAndNothingElse) {
  EXPECT_EQ(hidden("postgres://app:secret@db.example:5432/app"),
            "postgres://app:******@db.example:5432/app");
  EXPECT_EQ(hidden("store.url=redis://:se/c?r#t@h:6379/0"), "store.url=redis://:********@h:6379/0");
  EXPECT_EQ(hidden("--store=rediss://u:a:b@c@h"), "--store=rediss://u:*****@h");
  EXPECT_EQ(hidden("postgres://h/d?password=secret&sslmode=require"),
            "postgres://h/d?password=******&sslmode=require");
  EXPECT_EQ(hidden("postgres://h/d?sslpassword=x&password=y"),
            "postgres://h/d?sslpassword=*&password=*");
  for (const char* plain : {"serve", "--public-url", "https://app.example.com:8443",
                            "redis://h:6379/0", "redis://user@h:6379", "a@b", "", "sqlite:x@y"}) {
    EXPECT_EQ(hidden(plain), plain);
  }
}

}  // namespace
}  // namespace latchkey::cli
