#include "session/write_behind.h"

#include <gtest/gtest.h>

#include <string>

#include "base/base64url.h"
#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"

namespace latchkey::session {
namespace {

// CountingSessions counts what is written at once.
class CountingSessions final : public ForwardingSessionStore {
 public:
  using ForwardingSessionStore::ForwardingSessionStore;
  Result<std::size_t> touch(std::span<const Touch> touches) override {
    touched = touches.size();
    return touched;
  }
  Result<std::size_t> remove(std::span<const SessionId> ids, EndReason, UnixTime) override {
    removed = ids.size();
    return removed;
  }
  std::size_t touched = 0, removed = 0;
};

// numbered spreads a number over an id as chance would.
SessionId numbered(std::uint64_t number) {
  std::string text(SessionId::kLength, 'A');
  for (char& c : text) {
    number = (number + 1) * 6'364'136'223'846'793'005U;
    c = kBase64urlAlphabet[number >> 58];
  }
  return *SessionId::parse(text);
}

class WriteBehindTest : public ::testing::Test {
 protected:
  const std::unique_ptr<Store> memory_ = std::move(*make_memory_store());
  CountingSessions store_{memory_->sessions()};
  WriteBehind behind_{store_, std::chrono::hours{24}};
};

TEST_F(WriteBehindTest, HoldsABoundedNumberOfTouches) {
  constexpr std::size_t kMost = WriteBehind::kMaxQueued;
  for (std::size_t i = 0; i < kMost; ++i) behind_.touch({numbered(i), UnixTime{}, UnixTime{}});
  behind_.touch({numbered(kMost), UnixTime{}, UnixTime{}});
  EXPECT_FALSE(behind_.pending(numbered(kMost)));
  const UnixTime later{Millis{5}};
  behind_.touch({numbered(0), UnixTime{}, later});
  EXPECT_EQ(behind_.pending(numbered(0))->idle_expires_at, later) << "it waits already";
  ASSERT_TRUE(behind_.flush());
  EXPECT_EQ(store_.touched, kMost);
}

TEST_F(WriteBehindTest, HoldsABoundedNumberOfEnds) {
  constexpr std::size_t kMost = WriteBehind::kMaxQueued;
  for (std::size_t i = 0; i < kMost + 2; ++i) behind_.expire({.id = numbered(i)}, UnixTime{});
  ASSERT_TRUE(behind_.flush());
  EXPECT_EQ(store_.removed, kMost);
}

}  // namespace
}  // namespace latchkey::session
