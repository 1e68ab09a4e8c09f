#include "server/listen/address.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

TEST(ListenAddress, IsReadAndWrittenTheSame) {
  for (const char* text : {"127.0.0.1:4470", "[::1]:0", "localhost:80", "unix:/run/a b.sock"}) {
    const auto address = parse_listen_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(listen_address_text(*address), text);
    EXPECT_EQ(address->is_file(), std::string_view(text).starts_with("unix:"));
  }
}

TEST(ListenAddress, RefusesWhatIsNone) {
  const std::string longest = "unix:/" + std::string(105, 'a');
  EXPECT_TRUE(parse_listen_address(longest));
  for (const std::string& text :
       {longest + "a", std::string("unix:"), std::string("unix:a"), std::string("unix:/"),
        std::string("unix:/a/"), std::string("unix:/a,b"), std::string("unix:/a\nb"),
        std::string("unix:@a"), std::string("4470"), std::string(":4470"), std::string("a b:1"),
        std::string("a:65536"), std::string{}}) {
    EXPECT_FALSE(parse_listen_address(text)) << text;
  }
}

}  // namespace
}  // namespace latchkey::server
