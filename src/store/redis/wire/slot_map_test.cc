#include "store/redis/wire/slot_map.h"

#include <gtest/gtest.h>

namespace latchkey::redis {
namespace {

const RedisAddress kA{.host = "10.0.0.1", .port = 7000};
const RedisAddress kB{.host = "10.0.0.2", .port = 7001};

Reply parse_reply(std::string_view bytes) {
  ReplyParser parser;
  parser.feed(bytes);
  Reply reply;
  EXPECT_EQ(parser.next(reply), ReplyParser::Status::reply);
  return reply;
}

TEST(SlotMap, ReadsRangesAndTheirPrimaries) {
  const Reply reply = parse_reply(
      "*2\r\n*4\r\n:0\r\n:5460\r\n*4\r\n$8\r\n10.0.0.1\r\n:7000\r\n$1\r\nx\r\n*0\r\n"
      "*4\r\n$8\r\n10.0.0.9\r\n:7009\r\n$1\r\nr\r\n*0\r\n"
      "*3\r\n:5461\r\n:16383\r\n*3\r\n$0\r\n\r\n:7001\r\n$1\r\ny\r\n");
  const auto map = SlotMap::parse(reply, kB);
  ASSERT_TRUE(map);
  EXPECT_TRUE(map->complete());
  EXPECT_EQ(*map->owner(0), kA);
  EXPECT_EQ(*map->owner(5460), kA) << "the replica behind it is not the owner";
  EXPECT_EQ(*map->owner(5461), kB) << "a node without a name is the one that answered";
  EXPECT_EQ(*map->owner(16383), kB);
  const auto slots = map->slots_by_node();
  ASSERT_EQ(slots.size(), 2U);
  EXPECT_EQ(slots[0].size(), 5461U);
  EXPECT_EQ(slots[1].front(), 5461);
}

TEST(SlotMap, KnowsWhatNobodyServes) {
  const auto map = SlotMap::parse(
      parse_reply("*1\r\n*3\r\n:10\r\n:20\r\n*2\r\n$8\r\n10.0.0.1\r\n:7000\r\n"), kA);
  ASSERT_TRUE(map);
  EXPECT_FALSE(map->complete());
  EXPECT_EQ(map->owner(9), nullptr);
  EXPECT_EQ(*map->owner(10), kA);
}

TEST(SlotMap, ReadsTheLastSlotOneSlotAndTheLargestPort) {
  const auto map =
      SlotMap::parse(parse_reply("*2\r\n*3\r\n:5\r\n:5\r\n*2\r\n$1\r\n?\r\n:65535\r\n"
                                 "*3\r\n:16383\r\n:16383\r\n*2\r\n$1\r\n?\r\n:65535\r\n"),
                     kA);
  ASSERT_TRUE(map);
  EXPECT_EQ(*map->owner(5), (RedisAddress{.host = kA.host, .port = 65535})) << "? is no name";
  EXPECT_EQ(map->owner(4), nullptr);
  EXPECT_EQ(map->owner(6), nullptr);
  EXPECT_NE(map->owner(16383), nullptr);
  EXPECT_EQ(map->nodes().size(), 1U) << "one node, though it was named twice";
  EXPECT_EQ(map->slots_by_node(), (std::vector<std::vector<std::uint16_t>>{{5, 16383}}));
}

TEST(SlotMap, AMapThatServesMoreIsAnother) {
  const auto of = [](const char* last) {
    return *SlotMap::parse(
        parse_reply(std::string("*1\r\n*3\r\n:0\r\n:") + last + "\r\n*2\r\n+h\r\n:1\r\n"), kA);
  };
  EXPECT_TRUE(of("5") == of("5"));
  EXPECT_FALSE(of("5") == of("6"));
  EXPECT_FALSE(of("6") == of("5"));
}

TEST(SlotMap, ANodeThatLostItsSlotsIsListedNoMore) {
  auto map = *SlotMap::parse(parse_reply("*1\r\n*3\r\n:7\r\n:7\r\n*2\r\n+h\r\n:1\r\n"), kA);
  map.set_owner(7, kB);
  EXPECT_EQ(map.slots_by_node(), (std::vector<std::vector<std::uint16_t>>{{7}}));
}

TEST(SlotMap, MovesOneSlot) {
  auto map = *SlotMap::parse(
      parse_reply("*1\r\n*3\r\n:0\r\n:16383\r\n*2\r\n$8\r\n10.0.0.1\r\n:7000\r\n"), kA);
  const SlotMap before = map;
  EXPECT_TRUE(before == map);
  map.set_owner(7, kB);
  EXPECT_FALSE(before == map);
  EXPECT_EQ(*map.owner(7), kB);
  EXPECT_EQ(*map.owner(8), kA);
  EXPECT_EQ(map.slots_by_node()[1], std::vector<std::uint16_t>{7});
}

TEST(SlotMap, RefusesWhatIsNoMap) {
  for (const char* bad :
       {"+OK\r\n", "*1\r\n+x\r\n", "*1\r\n*3\r\n:5\r\n:4\r\n*2\r\n+h\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:16384\r\n*2\r\n+h\r\n:1\r\n",
        "*1\r\n*3\r\n:-1\r\n:1\r\n*2\r\n+h\r\n:1\r\n", "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n+h\r\n:0\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*1\r\n+h\r\n", "*1\r\n*2\r\n:0\r\n:1\r\n",
        "*1\r\n*3\r\n:0\r\n:1\r\n*2\r\n+h\r\n:65536\r\n"}) {
    EXPECT_FALSE(SlotMap::parse(parse_reply(bad), kA)) << bad;
  }
}

TEST(SlotMap, ReadsRedirects) {
  const auto moved = parse_redirect("MOVED 3999 10.0.0.2:7001", kA);
  ASSERT_TRUE(moved);
  EXPECT_EQ(moved->slot, 3999);
  EXPECT_EQ(moved->address, kB);
  EXPECT_EQ(parse_redirect("ASK 1 :7005", kA)->address,
            (RedisAddress{.host = kA.host, .port = 7005}));
  EXPECT_EQ(parse_redirect("ASK 1 ?:7005", kA)->address.host, kA.host);
  EXPECT_EQ(parse_redirect("ASK 1 ::1:7005", kA)->address.host, "::1");
  EXPECT_EQ(parse_redirect("MOVED 16383 h:1", kA)->slot, 16383);
  for (const char* bad : {"MOVED", "MOVED 1", "MOVED 1 h", "MOVED x h:1", "MOVED 16384 h:1",
                          "MOVED 1 h:x", "MOVED 1 h:99999"}) {
    EXPECT_FALSE(parse_redirect(bad, kA)) << bad;
  }
}

}  // namespace
}  // namespace latchkey::redis
