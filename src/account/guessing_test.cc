#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "crypto/password_hash.h"
#include "latchkey/accounts.h"
#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "tests/support/manual_clock.h"

namespace latchkey {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kRight = "correct horse battery staple";
constexpr std::string_view kWrong = "another long enough password";

class GuessingTest : public ::testing::Test {
 protected:
  GuessingTest()
      : memory_(std::move(*make_memory_store())),
        store_(make_faulty_store(*memory_, [this](StoreCall call, std::uint64_t) {
          calls_.fetch_add(1);
          return failing_ && call == *failing_ ? Fault::fail_before : Fault::none;
        })) {
    SessionsOptions options;
    options.clock = &clock_;
    sessions_ = std::move(*Sessions::open(*store_, options));
    accounts_ = make({});
  }
  std::unique_ptr<Accounts> make(AccountsOptions options) {
    options.cost = {64, 1, 1};
    options.insecure_cost_for_tests = true;
    auto made = Accounts::open(*store_, *sessions_, std::move(options));
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  AccountOutcome try_log_in(std::string_view name, std::string_view password,
                            std::string_view address, const Returning& client = {}) {
    auto outcome =
        accounts_->log_in({name, password}, {.context = {.address = std::string{address}}}, client);
    EXPECT_TRUE(outcome);
    return outcome ? std::move(*outcome) : AccountOutcome{};
  }
  AccountOutcome sign_up(std::string_view name, std::string_view address = {}) {
    auto outcome =
        accounts_->sign_up({name, kRight}, {.context = {.address = std::string{address}}});
    EXPECT_TRUE(outcome);
    return outcome ? std::move(*outcome) : AccountOutcome{};
  }
  // fail_times guesses from a new address each time.
  void fail_times(std::string_view name, int times) {
    for (int i = 0; i < times; ++i) {
      EXPECT_EQ(try_log_in(name, kWrong, next_address()).rejection, Rejection::wrong_credentials);
    }
  }
  // next_address is one of a network that no other call returned.
  std::string next_address() {
    const int n = ++addresses_;
    return "10." + std::to_string(n / 256 % 256) + "." + std::to_string(n % 256) + ".1";
  }

  testing::ManualClock clock_;
  std::optional<StoreCall> failing_{};
  std::atomic<int> calls_{0};
  int addresses_ = 0;
  std::unique_ptr<Store> memory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(GuessingTest, R82DelaysGrowFromOneSecondToFifteenMinutes) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  fail_times("ann", 5);
  Millis delay = seconds{1};
  for (int n = 6; n <= 20; ++n) {
    const AccountOutcome refused = try_log_in("ann", kRight, next_address());
    EXPECT_EQ(refused.rejection, Rejection::rate_limited) << n;
    EXPECT_EQ(refused.retry_after, delay) << n;
    clock_.advance(delay - Millis{1});
    EXPECT_EQ(try_log_in("ann", kWrong, next_address()).retry_after, Millis{1}) << n;
    clock_.advance(Millis{1});
    fail_times("ann", 1);
    delay = std::min<Millis>(2 * delay, minutes{15});
  }
}

TEST_F(GuessingTest, R81AHundredFailuresFromAHundredAddressesAreTheLast) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  for (int n = 1; n <= 100; ++n) {
    fail_times("ann", 1);
    clock_.advance(minutes{15});
  }
  const AccountOutcome refused = try_log_in("ann", kRight, next_address());
  EXPECT_EQ(refused.rejection, Rejection::rate_limited);
  EXPECT_EQ(refused.retry_after, hours{24} - minutes{15});
  clock_.advance(hours{24} - minutes{15});
  EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::none);
}

TEST_F(GuessingTest, R81SuccessForgetsWhatFailedBefore) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  for (int round = 0; round < 3; ++round) {
    fail_times("ann", 4);
    EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::none);
  }
}

TEST_F(GuessingTest, R82FailuresAreForgottenADayAfterTheLast) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  fail_times("ann", 4);
  clock_.advance(hours{24} - Millis{1});
  fail_times("ann", 1);
  EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::rate_limited);
  clock_.advance(hours{24});
  fail_times("ann", 4);
  EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::none);
}

TEST_F(GuessingTest, R87NamesThatDoNotExistAreLimitedInTheSameWay) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  for (const std::string_view name : {"ann", "nobody", "not a name"}) {
    fail_times(name, 5);
    const int before = calls_;
    const AccountOutcome refused = try_log_in(name, kRight, next_address());
    EXPECT_EQ(refused.rejection, Rejection::rate_limited) << name;
    EXPECT_EQ(refused.retry_after, seconds{1}) << name;
    EXPECT_EQ(calls_ - before, 2) << name;
  }
  EXPECT_EQ(try_log_in(" ANN ", kRight, next_address()).rejection, Rejection::rate_limited)
      << "one account however its name is written";
}

TEST_F(GuessingTest, R87ARefusedTryHashesNothing) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  fail_times("ann", 5);
  const std::uint64_t before = crypto::argon2_work();
  EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::rate_limited);
  EXPECT_EQ(crypto::argon2_work(), before);
}

TEST_F(GuessingTest, R83OneAddressFailsTwentyTimesInTenMinutes) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(try_log_in("user" + std::to_string(i), kWrong, "192.0.2.7").rejection,
              Rejection::wrong_credentials);
  }
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  const AccountOutcome refused = try_log_in("ann", kRight, "192.0.2.7");
  EXPECT_EQ(refused.rejection, Rejection::rate_limited);
  EXPECT_EQ(refused.retry_after, minutes{10});
  EXPECT_EQ(try_log_in("ann", kRight, "192.0.2.8").rejection, Rejection::none);
  clock_.advance(minutes{10});
  EXPECT_EQ(try_log_in("ann", kRight, "192.0.2.7").rejection, Rejection::none);
}

TEST_F(GuessingTest, R83AnIPv6NetworkOf64BitsIsOneAddress) {
  for (int i = 0; i < 20; ++i) {
    const std::string address = "2001:db8:0:1::" + std::to_string(i + 1);
    EXPECT_EQ(try_log_in("user" + std::to_string(i), kWrong, address).rejection,
              Rejection::wrong_credentials);
  }
  EXPECT_EQ(try_log_in("ann", kWrong, "2001:db8:0:1:ffff::1").rejection, Rejection::rate_limited);
  EXPECT_EQ(try_log_in("ann", kWrong, "2001:db8:0:2::1").rejection, Rejection::wrong_credentials);
}

TEST_F(GuessingTest, R83ANetworkFailsAHundredTimesInTenMinutes) {
  for (int i = 0; i < 100; ++i) {
    const std::string address = "192.0.2." + std::to_string(i % 10);
    EXPECT_EQ(try_log_in("user" + std::to_string(i), kWrong, address).rejection,
              Rejection::wrong_credentials);
  }
  EXPECT_EQ(try_log_in("ann", kWrong, "192.0.2.200").rejection, Rejection::rate_limited);
  EXPECT_EQ(try_log_in("ann", kWrong, "192.0.3.1").rejection, Rejection::wrong_credentials);
}

TEST_F(GuessingTest, R83RightPasswordsDoNotCountForAnAddress) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(try_log_in("ann", kRight, "192.0.2.7").rejection, Rejection::none);
  }
}

TEST_F(GuessingTest, R83AnAddressSignsUpTenTimesAnHour) {
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(sign_up("user" + std::to_string(i), "192.0.2.7").rejection, Rejection::none);
  }
  const AccountOutcome refused = sign_up("one-more", "192.0.2.7");
  EXPECT_EQ(refused.rejection, Rejection::rate_limited);
  EXPECT_EQ(refused.retry_after, hours{1});
  EXPECT_EQ(sign_up("user1", "192.0.2.7").rejection, Rejection::rate_limited)
      << "whether a name is taken is not told either";
  EXPECT_EQ(sign_up("one-more", "192.0.2.8").rejection, Rejection::none);
}

TEST_F(GuessingTest, R84AKnownDeviceIsNotKeptOutByTheGuessesOfOthers) {
  EXPECT_TRUE(sign_up("ann").device.empty()) << "its session is enough";
  const AccountOutcome ann = try_log_in("ann", kRight, next_address());
  ASSERT_FALSE(ann.device.empty());
  for (int i = 0; i < 20; ++i) {
    clock_.advance(minutes{15});
    EXPECT_EQ(try_log_in("ann", kWrong, "192.0.2.7").rejection, Rejection::wrong_credentials);
  }
  EXPECT_EQ(try_log_in("ann", kRight, "192.0.2.7").rejection, Rejection::rate_limited);
  const AccountOutcome owner = try_log_in("ann", kRight, "192.0.2.7", {.device = ann.device});
  EXPECT_EQ(owner.rejection, Rejection::none);
  EXPECT_FALSE(owner.device.empty()) << "it is renewed";
  EXPECT_EQ(try_log_in("ann", kRight, "192.0.2.7").rejection, Rejection::rate_limited)
      << "the owner's log-in gives nobody new tries";
}

TEST_F(GuessingTest, R84ASessionThatLivesMakesADeviceKnown) {
  const AccountOutcome ann = sign_up("ann"), bob = sign_up("bob");
  fail_times("ann", 5);
  EXPECT_EQ(
      try_log_in("ann", kRight, "192.0.2.7", {.sessions = {&bob.session->record, 1}}).rejection,
      Rejection::rate_limited);
  EXPECT_EQ(
      try_log_in("ann", kRight, "192.0.2.7", {.sessions = {&ann.session->record, 1}}).rejection,
      Rejection::none);
}

TEST_F(GuessingTest, R84AStolenDeviceCookieGuessesNoFasterThanAnybody) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  const AccountOutcome ann = try_log_in("ann", kRight, next_address());
  const AccountOutcome other = try_log_in("ann", kRight, next_address());
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(try_log_in("ann", kWrong, next_address(), {.device = ann.device}).rejection,
              Rejection::wrong_credentials);
  }
  EXPECT_EQ(try_log_in("ann", kRight, next_address(), {.device = ann.device}).rejection,
            Rejection::rate_limited);
  EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::none)
      << "other devices do not pay for it";
  EXPECT_EQ(try_log_in("ann", kRight, next_address(), {.device = other.device}).rejection,
            Rejection::none);
}

TEST_F(GuessingTest, R84ADeviceOfOneUserIsAStrangerToAnother) {
  ASSERT_EQ(sign_up("bob").rejection, Rejection::none);
  const AccountOutcome bob = try_log_in("bob", kRight, next_address());
  ASSERT_FALSE(bob.device.empty());
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  fail_times("ann", 5);
  EXPECT_EQ(try_log_in("ann", kRight, next_address(), {.device = bob.device}).rejection,
            Rejection::rate_limited);
}

TEST_F(GuessingTest, R85GuessesAtTheSameTimeHashNoMoreOftenThanTheLimitAllows) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  const std::uint64_t before = crypto::argon2_work();
  std::atomic<int> wrong{0}, limited{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&, address = next_address()] {
      for (int round = 0; round < 5; ++round) {
        const Rejection told = try_log_in("ann", kWrong, address).rejection;
        ++(told == Rejection::wrong_credentials ? wrong : limited);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(wrong, 5);
  EXPECT_EQ(limited, 195);
  EXPECT_EQ(crypto::argon2_work() - before, 5U * 64);
}

TEST_F(GuessingTest, R86TwoNodesCountTogether) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  const auto here = std::move(accounts_);
  const auto there = make({});
  for (int i = 0; i < 5; ++i) {
    const auto& node = i % 2 == 0 ? here : there;
    const auto told = node->log_in({"ann", kWrong}, {.context = {.address = next_address()}});
    ASSERT_TRUE(told);
    EXPECT_EQ(told->rejection, Rejection::wrong_credentials);
  }
  EXPECT_EQ(here->log_in({"ann", kRight}, {})->rejection, Rejection::rate_limited);
  EXPECT_EQ(there->log_in({"ann", kRight}, {})->rejection, Rejection::rate_limited);
}

TEST_F(GuessingTest, ASessionTriesItsOwnPasswordNoMoreOftenThanAnybody) {
  const AccountOutcome ann = sign_up("ann"), other = try_log_in("ann", kRight, next_address());
  const auto change = [&](std::string_view current, const AccountOutcome& by) {
    return *accounts_->change_password(ann.user->id, current, kWrong, &by.session->record);
  };
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(change("not the right password", ann).rejection, Rejection::wrong_credentials);
  }
  const PasswordChange refused = change(kRight, ann);
  EXPECT_EQ(refused.rejection, Rejection::rate_limited);
  EXPECT_EQ(refused.retry_after, seconds{1});
  EXPECT_EQ(change(kRight, other).rejection, Rejection::none) << "another session of the user";
}

TEST_F(GuessingTest, WithoutAnAddressOnlyAccountsAreCounted) {
  for (int i = 0; i < 40; ++i) {
    EXPECT_EQ(try_log_in("user" + std::to_string(i), kWrong, i % 2 == 0 ? "" : "unix:").rejection,
              Rejection::wrong_credentials);
    EXPECT_EQ(sign_up("new" + std::to_string(i)).rejection, Rejection::none);
  }
}

TEST_F(GuessingTest, ACounterThatCannotBeAskedLetsNobodyIn) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  failing_ = StoreCall::take;
  const auto refused = accounts_->log_in({"ann", kRight}, {});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::store_unavailable);
  failing_ = StoreCall::settle;  // the password was right: what is not settled runs out
  EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::none);
}

TEST_F(GuessingTest, WhatFoundNoPlaceInTheQueueWasNoTry) {
  AccountsOptions narrow;
  narrow.workers = 1;
  narrow.queue = 1;
  narrow.limits.account.free = 1000;
  narrow.limits.account.most = 1000;
  accounts_ = make(narrow);
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  std::atomic<int> judged{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&, address = next_address()] {
      const auto told =
          accounts_->log_in({"ann", kWrong}, {.context = {.address = std::string{address}}});
      if (told && told->rejection == Rejection::wrong_credentials) ++judged;
    });
  }
  for (std::thread& thread : threads) thread.join();
  narrow.limits.account.most = static_cast<std::uint32_t>(judged) + 1;
  accounts_ = make(narrow);
  EXPECT_EQ(try_log_in("ann", kWrong, next_address()).rejection, Rejection::wrong_credentials);
  EXPECT_EQ(try_log_in("ann", kWrong, next_address()).rejection, Rejection::rate_limited);
}

TEST_F(GuessingTest, AHookOfTheProgramMayRefuseBeforeAnythingIsCounted) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  Result<Millis> answer = Millis{7000};
  accounts_ = make({.before_log_in = [&](const LogInTry& tried) -> Result<Millis> {
    EXPECT_EQ(tried.username, "ann");
    EXPECT_EQ(tried.address, "192.0.2.7");
    return answer;
  }});
  const int before = calls_;
  const AccountOutcome refused = try_log_in("ann", kRight, "192.0.2.7");
  EXPECT_EQ(refused.rejection, Rejection::rate_limited);
  EXPECT_EQ(refused.retry_after, seconds{7});
  EXPECT_EQ(calls_, before);
  answer = Error{Errc::store_unavailable, "the list is not there"};
  EXPECT_FALSE(accounts_->log_in({"ann", kRight}, {.context = {.address = "192.0.2.7"}}));
  answer = Millis{0};
  EXPECT_EQ(try_log_in("ann", kRight, "192.0.2.7").rejection, Rejection::none);
}

// The measurement of issue 12: a distributed guess at one account, whose owner logs in at once.
TEST_F(GuessingTest, R81R84AThousandAddressesAreSlowedDownAndTheOwnersDeviceIsNot) {
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  const std::string device = try_log_in("ann", kRight, next_address()).device;
  int looked_at = 0;
  for (int i = 0; i < 1000; ++i) {
    clock_.advance(seconds{1});  // a guess a second, each from somewhere else
    const AccountOutcome guess = try_log_in("ann", kWrong, next_address());
    if (guess.rejection == Rejection::wrong_credentials) ++looked_at;
    if (i % 100 != 99) continue;
    EXPECT_EQ(try_log_in("ann", kRight, next_address(), {.device = device}).rejection,
              Rejection::none)
        << i;
    EXPECT_EQ(try_log_in("ann", kRight, next_address()).rejection, Rejection::rate_limited) << i;
  }
  // Five, and then after waits of 1, 2, 4 ... 512 s; the next is over 1000 s.
  EXPECT_EQ(looked_at, 14);
}

TEST_F(GuessingTest, R98ALogInFromABrowserThatIsNotKnownIsTold) {
  struct Told {
    std::string name;
    std::string address;
  };
  std::vector<Told> told;
  accounts_ = make({.on_new_device = [&](const User& user, const DeviceContext& by) {
    told.push_back({user.username, by.address});
  }});
  const AccountOutcome made = sign_up("ann", "192.0.2.1");
  EXPECT_TRUE(told.empty()) << "who signs up knows of it";
  EXPECT_EQ(try_log_in("ann", kWrong, "192.0.2.2").rejection, Rejection::wrong_credentials);
  EXPECT_TRUE(told.empty());
  const std::string device = try_log_in("ann", kRight, "192.0.2.3").device;
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0].name, "ann");
  EXPECT_EQ(told[0].address, "192.0.2.3");
  try_log_in("ann", kRight, "192.0.2.4", {.device = device});
  const SessionRecord live[] = {made.session->record};
  try_log_in("ann", kRight, "192.0.2.5", {.sessions = live});
  EXPECT_EQ(told.size(), 1U) << "a known browser, wherever it is";
  failing_ = StoreCall::insert;
  EXPECT_FALSE(accounts_->log_in({"ann", kRight}, {}));
  EXPECT_EQ(told.size(), 1U) << "nobody got in";
}

TEST_F(GuessingTest, LimitsThatAreOffCountNothing) {
  accounts_ = make({.limits = {.enabled = false}});
  ASSERT_EQ(sign_up("ann").rejection, Rejection::none);
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(try_log_in("ann", kWrong, "192.0.2.7").rejection, Rejection::wrong_credentials);
  }
}

TEST_F(GuessingTest, ClosedSignUpMakesNobody) {
  accounts_ = make({.sign_up = SignUp::closed});
  EXPECT_EQ(sign_up("ann").rejection, Rejection::sign_up_closed);
  EXPECT_FALSE(*memory_->users().find_username("ann"));
}

TEST_F(GuessingTest, LimitsThatLetNobodyInAreRefused) {
  for (const GuessLimits& limits : {GuessLimits{.address = CounterRule::at_most(0, minutes{1})},
                                    GuessLimits{.sign_ups = CounterRule::at_most(1, Millis{0})},
                                    GuessLimits{.device_life = Millis{0}}}) {
    const auto made = Accounts::open(*store_, *sessions_, {.limits = limits});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::bad_config);
  }
}

}  // namespace
}  // namespace latchkey
