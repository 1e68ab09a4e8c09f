#include "store/near_cache/index.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace latchkey::near_cache {
namespace {

SessionId make_id(std::uint64_t number) {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text = "06S";
  std::uint64_t state = number * 2 + 1;
  for (std::size_t i = 0; i < 20; ++i) {
    state = state * 6364136223846793005U + 1442695040888963407U;
    text += kAlphabet[state >> 58];
  }
  return SessionId::parse(text).value();
}

Copy make_copy(const SessionId& id) {
  Found found;
  found.record.emplace().id = id;
  found.record->user_id = UserId::parse("0123456789abcdef").value();
  return Copy::make(found, KnownUser::not_asked, UnixTime{}, 0, 0);
}

Index::Place find(const Index& index, const SessionId& id) {
  return index.find(key_of(id.text()), id);
}

TEST(NearCacheIndex, FindsWhatWasAddedAndNothingElse) {
  Index index;
  EXPECT_FALSE(find(index, make_id(0)));
  for (std::uint64_t i = 0; i < 5'000; ++i)
    index.add(key_of(make_id(i).text()), make_copy(make_id(i)));
  EXPECT_EQ(index.size(), 5'000U) << "growing and moving loses nothing";
  for (std::uint64_t i = 0; i < 5'000; ++i) {
    const Index::Place place = find(index, make_id(i));
    ASSERT_TRUE(place) << i;
    EXPECT_TRUE(Index::at(place).is_of(make_id(i)));
  }
  for (std::uint64_t i = 5'000; i < 10'000; ++i) EXPECT_FALSE(find(index, make_id(i)));
}

TEST(NearCacheIndex, WhatIsErasedIsGoneAndTheRestStays) {
  Index index;
  for (std::uint64_t i = 0; i < 1'000; ++i)
    index.add(key_of(make_id(i).text()), make_copy(make_id(i)));
  const std::size_t full = index.bytes();
  for (std::uint64_t i = 0; i < 1'000; i += 2) index.erase(find(index, make_id(i)));
  EXPECT_EQ(index.size(), 500U);
  EXPECT_LT(index.bytes(), full - 500 * 100);
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    EXPECT_EQ(static_cast<bool>(find(index, make_id(i))), i % 2 == 1);
  }
}

// Ids with one key share both buckets: fourteen fit, and then the cache forgets instead of failing.
TEST(NearCacheIndex, TooManyIdsOfOneKeyPushEachOtherOut) {
  Index index;
  const std::string head = "06SA0123456789abcdef";  // the key is made of these characters
  std::vector<SessionId> ids;
  for (const char c : std::string_view{"abcdefghijklmnopqrst"}) {
    ids.push_back(SessionId::parse(head + "AA" + c).value());
    index.add(key_of(ids.back().text()), make_copy(ids.back()));
    EXPECT_TRUE(find(index, ids.back()));
  }
  EXPECT_EQ(index.size(), 14U);
  std::size_t found = 0;
  for (const SessionId& id : ids) found += find(index, id) ? 1 : 0;
  EXPECT_EQ(found, 14U);
}

TEST(NearCacheIndex, EvictionSparesWhatWasUsedLately) {
  Index index;
  for (std::uint64_t i = 0; i < 100; ++i) {
    index.add(key_of(make_id(i).text()), make_copy(make_id(i)));
  }
  for (std::uint64_t i = 0; i < 100; i += 2) Index::mark(find(index, make_id(i)));
  for (int i = 0; i < 50; ++i) index.evict();
  for (std::uint64_t i = 0; i < 100; i += 2) EXPECT_TRUE(find(index, make_id(i))) << i;
  for (int i = 0; i < 50; ++i) index.evict();  // also when everything was used
  EXPECT_EQ(index.size(), 0U);
}

TEST(NearCacheIndex, SwapTakesEverything) {
  Index a;
  a.add(key_of(make_id(1).text()), make_copy(make_id(1)));
  Index b;
  a.swap(b);
  EXPECT_EQ(a.size(), 0U);
  EXPECT_EQ(a.bytes(), 0U);
  EXPECT_FALSE(find(a, make_id(1)));
  EXPECT_TRUE(find(b, make_id(1)));
  a.add(key_of(make_id(2).text()), make_copy(make_id(2)));
  EXPECT_TRUE(find(a, make_id(2)));
}

// DESIGN 7: at most 200 octets a session without attributes, at any fill of the index.
TEST(NearCacheIndex, ASessionTakesAtMostTwoHundredBytes) {
  Index index;
  for (std::uint64_t i = 0; i < 20'000; ++i) {
    index.add(key_of(make_id(i).text()), make_copy(make_id(i)));
    ASSERT_TRUE(i < 100 || index.bytes() <= index.size() * 200) << i;
  }
}

}  // namespace
}  // namespace latchkey::near_cache
