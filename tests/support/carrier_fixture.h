#pragma once

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/sessions.h"
#include "tests/support/manual_clock.h"

// What the tests of the carriers share: one store, two nodes on it, one ring of keys.
namespace latchkey::testing {

inline constexpr std::string_view kSecretA = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
inline constexpr std::string_view kSecretB = "q1W9eR8tY7uI6oP5aS4dF3gH2jK1lZ0xC/vB+nMmNbV=";

inline Key ring_key(std::string id, KeyState state, std::string_view secret,
                    UnixTime activates_at = {}) {
  return {std::move(id), state, SecretBytes(secret), {}, activates_at};
}

template <class... Keys>
std::shared_ptr<const KeyRing> make_ring(Keys... keys) {
  std::vector<Key> list;
  (list.push_back(std::move(keys)), ...);
  auto ring = KeyRing::make(std::move(list));
  EXPECT_TRUE(ring) << ring.error().detail;
  return *ring;
}

class CarrierFixture : public ::testing::Test {
 protected:
  CarrierFixture()
      : keys_(
            std::make_shared<SharedKeyRing>(make_ring(ring_key("a", KeyState::primary, kSecretA)))),
        inner_(std::move(*make_memory_store())),
        store_(make_faulty_store(*inner_, [this](StoreCall call, std::uint64_t) {
          ++calls_;
          if (call == hooked_) {
            if (auto hook = std::exchange(hook_, nullptr)) hook();
          }
          return call == failing_ && failing_now_ ? Fault::fail_before : Fault::none;
        })) {}

  std::unique_ptr<Sessions> node(Carrier carrier, SessionsOptions options = {}) {
    options.carrier = carrier;
    if (!options.keys) options.keys = keys_;
    options.clock = &clock_;
    options.touch_every = std::chrono::hours{1};
    auto opened = Sessions::open(*store_, std::move(options));
    EXPECT_TRUE(opened) << opened.error().detail;
    return std::move(*opened);
  }
  static NewSession log_in(Sessions& node, std::string_view user = "alice",
                           const CreateOptions& options = {}) {
    auto made = node.create(*UserId::parse(user), options);
    EXPECT_TRUE(made) << made.error().detail;
    return std::move(*made);
  }
  static Validation look(Sessions& node, std::string_view text, ValidateOptions options = {}) {
    auto validation = node.validate(text, options);
    EXPECT_TRUE(validation) << validation.error().detail;
    return std::move(*validation);
  }
  static SessionState state(Sessions& node, std::string_view text) {
    return look(node, text).state;
  }
  // just_before runs `hook` once, at the next such call, as another node may act in between.
  void just_before(StoreCall call, std::function<void()> hook) {
    hooked_ = call;
    hook_ = std::move(hook);
  }
  void fail(StoreCall call, bool now = true) {
    failing_ = call;
    failing_now_ = now;
  }

  ManualClock clock_;
  std::shared_ptr<SharedKeyRing> keys_;
  std::unique_ptr<Store> inner_;
  std::atomic<std::uint64_t> calls_{0};
  StoreCall failing_ = StoreCall::check;
  bool failing_now_ = false;
  StoreCall hooked_ = StoreCall::check;
  std::function<void()> hook_;
  std::unique_ptr<Store> store_;
};

}  // namespace latchkey::testing
