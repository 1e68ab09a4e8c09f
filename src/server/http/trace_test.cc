#include "server/http/trace.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace latchkey::server {
namespace {

TEST(RequestIds, AreDistinctAndTakeAProxysIfItIsWellFormed) {
  RequestIds ids;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(std::string{ids.next().text()}).second);
  RequestIds others;
  EXPECT_TRUE(seen.insert(std::string{others.next().text()}).second);

  RequestId id = ids.next();
  EXPECT_EQ(id.text().size(), 32U);
  const std::string made{id.text()};
  for (const std::string& bad :
       {std::string("short12"), std::string(65, 'a'), std::string("a b c d e f"),
        std::string("abcdefgh\"1"), std::string("abcdefgh\x01"), std::string{}}) {
    EXPECT_FALSE(id.take(bad)) << bad;
    EXPECT_EQ(id.text(), made);
  }
  for (const std::string& good :
       {std::string("f3a1-B.c_9"), std::string(64, 'x'), std::string(8, '0')}) {
    EXPECT_TRUE(id.take(good));
    EXPECT_EQ(id.text(), good);
  }
}

TEST(TraceParent, ReadsTheHeaderOfW3C) {
  const std::string good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const auto parsed = parse_traceparent(good);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->trace_id, "4bf92f3577b34da6a3ce929d0e0e4736");
  EXPECT_EQ(parsed->parent_id, "00f067aa0ba902b7");
  EXPECT_TRUE(parse_traceparent("cc" + good.substr(2) + "-what-the-future-brings"));
  for (const std::string& bad :
       {std::string{}, good.substr(1), good + "-x", good + "0", "ff" + good.substr(2),
        "0g" + good.substr(2), "00-" + std::string(32, '0') + good.substr(35),
        good.substr(0, 36) + std::string(16, '0') + "-01", good.substr(0, 53) + "0G",
        std::string("00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01"),
        "cc" + good.substr(2) + "x"}) {
    EXPECT_FALSE(parse_traceparent(bad)) << bad;
  }
}

}  // namespace
}  // namespace latchkey::server
