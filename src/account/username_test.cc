#include "account/username.h"

#include <gtest/gtest.h>

namespace latchkey::account {
namespace {

TEST(Username, AcceptsNamesAndAddresses) {
  for (std::string_view name : {"a", "alice", "J\xc3\xb6rg", "o'brien@example.com", "a+b@c.example",
                                "\xe5\xbc\xa0\xe4\xbc\x9f", "user_1.2-3", "x&y"}) {
    EXPECT_TRUE(parse_username(name)) << name;
  }
  EXPECT_TRUE(parse_username(std::string(254, 'a')));
}

TEST(Username, R95NamesThatFoldTogetherAreOneName) {
  const std::string admin = parse_username("admin@x.example")->key;
  for (std::string_view name : {"ADMIN@x.example",
                                "\xef\xbc\xa1"
                                "dmin@x.example",
                                " admin@x.example ", "admin\xef\xbc\xa0x.example"}) {
    const auto parsed = parse_username(name);
    ASSERT_TRUE(parsed) << name;
    EXPECT_EQ(parsed->key, admin) << name;
  }
  EXPECT_EQ(parse_username("Caf\x65\xcc\x81")->shown, "Caf\xc3\xa9");
}

TEST(Username, R95RefusesWhatReadersCannotSeeOrMailersMisread) {
  for (std::string_view name :
       {std::string_view(""), std::string_view("   "), std::string_view("a b"),
        std::string_view("a\r\nSet-Cookie: x"), std::string_view("a\0b", 3),
        std::string_view("admin\xe2\x80\x8b@x"),
        std::string_view("a\xe2\x80\xae"
                         "b"),
        std::string_view("\xff\xfe"), std::string_view("a@b@c"), std::string_view("@a"),
        std::string_view("a@"), std::string_view("\"e@evil\"@victim"), std::string_view("a,b@c"),
        std::string_view("<script>"), std::string_view("a;b"), std::string_view("a\\b"),
        std::string_view("a@b\xef\xbc\xa0"
                         "c")}) {
    EXPECT_FALSE(parse_username(name)) << name;
  }
  EXPECT_FALSE(parse_username(std::string(255, 'a')));
  EXPECT_FALSE(parse_username(std::string(1 << 20, 'a')));
}

}  // namespace
}  // namespace latchkey::account
