#pragma once

#include <gtest/gtest.h>

#include "latchkey/memory.h"
#include "latchkey/sessions.h"
#include "tests/support/manual_clock.h"

namespace latchkey::testing {

// SessionsFixture is stored sessions in memory, whose touches wait until flush() writes them.
class SessionsFixture : public ::testing::Test {
 protected:
  SessionsFixture() : store_(std::move(*make_memory_store())) { reopen({}); }

  void reopen(SessionsOptions options) {
    sessions_.reset();
    options.clock = &clock_;
    options.touch_every = std::chrono::hours{1};  // only flush() writes
    auto opened = Sessions::open(*store_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().detail;
    sessions_ = std::move(*opened);
  }
  NewSession create(std::string_view user = "alice", CreateOptions options = {}) {
    auto made = sessions_->create(*UserId::parse(user), options);
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  Validation validate(const SessionToken& token, ValidateOptions options = {}) {
    auto validation = sessions_->validate(token.reveal(), options);
    EXPECT_TRUE(validation);
    return std::move(*validation);
  }
  SessionState state(const SessionToken& token) { return validate(token).state; }

  ManualClock clock_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sessions> sessions_;
};

inline SessionToken with_secret(const SessionToken& token, std::string_view secret) {
  return std::move(*SessionToken::assemble(token.id(), secret));
}

}  // namespace latchkey::testing
