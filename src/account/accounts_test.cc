#include "latchkey/accounts.h"

#include <gtest/gtest.h>

#include <functional>
#include <thread>

#include "crypto/password_hash.h"
#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"
#include "tests/support/manual_clock.h"

namespace latchkey {
namespace {

constexpr std::string_view kPassword = "correct horse battery staple";
constexpr std::string_view kOther = "another long enough password";

// varied is a text that repeats nothing for a while.
std::string varied(std::size_t size) {
  std::string text;
  for (std::size_t i = 0; i < size; ++i) text += static_cast<char>('a' + (i * i + i / 26) % 26);
  return text;
}

// HookedStore runs `before_insert` once, at the point where a login is about to become a session.
class HookedStore final : public ForwardingStore, public ForwardingSessionStore {
 public:
  explicit HookedStore(Store& inner)
      : ForwardingStore(inner), ForwardingSessionStore(inner.sessions()) {}
  std::function<void()> before_insert;

  SessionStore& sessions() override { return *this; }
  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    if (auto hook = std::exchange(before_insert, nullptr)) hook();
    return ForwardingSessionStore::insert(record, options);
  }
};

class AccountsTest : public ::testing::Test {
 protected:
  AccountsTest() : memory_(std::move(*make_memory_store())), store_(*memory_) {
    SessionsOptions options;
    options.clock = &clock_;
    sessions_ = std::move(*Sessions::open(store_, options));
    accounts_ = make({});
  }
  std::unique_ptr<Accounts> make(AccountsOptions options) {
    if (!options.insecure_cost_for_tests) options.cost = {64, 1, 1};
    options.insecure_cost_for_tests = true;
    auto made = Accounts::open(store_, *sessions_, options);
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  AccountOutcome sign_up(std::string_view name, std::string_view password = kPassword) {
    auto outcome = accounts_->sign_up({name, password}, {});
    EXPECT_TRUE(outcome);
    return std::move(*outcome);
  }
  AccountOutcome log_in(std::string_view name, std::string_view password = kPassword) {
    auto outcome = accounts_->log_in({name, password}, {});
    EXPECT_TRUE(outcome);
    return std::move(*outcome);
  }
  SessionState state(const NewSession& session) {
    return sessions_->validate(session.token.reveal())->state;
  }

  testing::ManualClock clock_;
  std::unique_ptr<Store> memory_;
  HookedStore store_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(AccountsTest, SignUpThenLogInGiveSessionsWithNewIds) {
  const AccountOutcome first = sign_up("Alice@example.com");
  ASSERT_EQ(first.rejection, Rejection::none);
  EXPECT_EQ(first.user->username, "Alice@example.com");
  const AccountOutcome second = log_in(" alice@EXAMPLE.com ");
  ASSERT_EQ(second.rejection, Rejection::none);
  EXPECT_EQ(second.user->id, first.user->id);
  EXPECT_NE(second.session->record.id, first.session->record.id);  // R5
  EXPECT_EQ(state(*first.session), SessionState::active);
  EXPECT_EQ(state(*second.session), SessionState::active);
}

TEST_F(AccountsTest, ATakenNameIsToldAndChangesNothing) {
  ASSERT_EQ(sign_up("alice").rejection, Rejection::none);
  EXPECT_EQ(sign_up("ALICE", kOther).rejection, Rejection::username_taken);
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
  EXPECT_EQ(log_in("alice", kOther).rejection, Rejection::wrong_credentials);
}

TEST_F(AccountsTest, ParallelSignUpsOfOneNameMakeOneUser) {
  std::atomic<int> made{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      if (accounts_->sign_up({"alice", kPassword}, {})->rejection == Rejection::none) ++made;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(made, 1);
}

TEST_F(AccountsTest, R88UnknownWrongAndDisabledAreOneAnswer) {
  const AccountOutcome alice = sign_up("alice");
  EXPECT_EQ(log_in("alice", kOther).rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("nobody").rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("not a name").rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("alice", "short").rejection, Rejection::wrong_credentials);
  ASSERT_TRUE(*memory_->users().set_disabled(alice.user->id, true));
  EXPECT_EQ(log_in("alice").rejection, Rejection::wrong_credentials);
}

TEST_F(AccountsTest, R90AWrongPasswordForACheaperHashCostsTheRest) {
  accounts_ = make({.cost = {64, 1, 1}, .insecure_cost_for_tests = true});
  const AccountOutcome alice = sign_up("alice");
  accounts_ = make({.cost = {256, 3, 1}, .insecure_cost_for_tests = true});
  const auto work = [&](std::string_view name, std::string_view password) {
    const std::uint64_t before = crypto::argon2_work();
    EXPECT_EQ(log_in(name, password).rejection, Rejection::wrong_credentials);
    return crypto::argon2_work() - before;
  };
  EXPECT_EQ(work("nobody", kOther), 256U * 3);
  EXPECT_NEAR(double(work("alice", kOther)), 256 * 3, 3) << "H5: a cheap hash tells a name";
  ASSERT_TRUE(*memory_->users().set_disabled(alice.user->id, true));
  EXPECT_NEAR(double(work("alice", kPassword)), 256 * 3, 3);
}

TEST_F(AccountsTest, R89AFailedLogInAsksTheStoreTheSameForEveryName) {
  ASSERT_EQ(sign_up("alice").rejection, Rejection::none);
  std::vector<StoreCall> calls;
  const auto counted = make_faulty_store(*memory_, [&](StoreCall call, std::uint64_t) {
    calls.push_back(call);
    return Fault::none;
  });
  SessionsOptions options;
  options.clock = &clock_;
  const auto sessions = std::move(*Sessions::open(*counted, options));
  AccountsOptions cheap{.cost = {64, 1, 1}, .insecure_cost_for_tests = true};
  const auto accounts = std::move(*Accounts::open(*counted, *sessions, cheap));
  const auto asked = [&](std::string_view name) {
    calls.clear();
    EXPECT_EQ(accounts->log_in({name, kOther}, {})->rejection, Rejection::wrong_credentials);
    return calls;
  };
  const std::vector<StoreCall> known = asked("alice");
  EXPECT_FALSE(known.empty());
  EXPECT_EQ(asked("nobody"), known);
  EXPECT_EQ(asked("not a name"), known);
}

TEST_F(AccountsTest, R67PasswordsHave15CodePointsTo1024Bytes) {
  EXPECT_EQ(sign_up("a", std::string(14, 'p')).rejection, Rejection::password_too_short);
  EXPECT_EQ(sign_up("b", varied(15)).rejection, Rejection::none);
  EXPECT_EQ(sign_up("c", varied(1024)).rejection, Rejection::none);
  EXPECT_EQ(sign_up("d", std::string(1025, 'p')).rejection, Rejection::password_too_long);
  EXPECT_EQ(sign_up("e", std::string(1 << 20, 'p')).rejection, Rejection::password_too_long);
  EXPECT_EQ(log_in("b", std::string(1 << 20, 'p')).rejection, Rejection::password_too_long);
  std::string umlauts;
  for (int i = 0; i < 14; ++i) umlauts += "\xc3\xbc";
  EXPECT_EQ(sign_up("f", umlauts).rejection, Rejection::password_too_short);  // 28 bytes, 14 points
  EXPECT_EQ(sign_up("f", umlauts + "\xc3\xa4").rejection, Rejection::none);
  EXPECT_EQ(sign_up("g", "valid until here\xff").rejection, Rejection::password_invalid);
}

TEST_F(AccountsTest, R68NothingIsTruncatedOrFolded) {
  const std::string base(128, 'p');
  ASSERT_EQ(sign_up("alice", base + "A").rejection, Rejection::none);
  EXPECT_EQ(log_in("alice", base + "B").rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("alice", base + "a").rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("alice", base + "A ").rejection, Rejection::wrong_credentials);
  std::string with_nul = varied(15) + std::string("\0x", 2);
  ASSERT_EQ(sign_up("bob", with_nul).rejection, Rejection::none);
  with_nul.back() = 'y';
  EXPECT_EQ(log_in("bob", with_nul).rejection, Rejection::wrong_credentials);
}

TEST_F(AccountsTest, R69OneNormalisationAtSetAndVerify) {
  ASSERT_EQ(sign_up("alice", "pass phrase caf\xc3\xa9 long").rejection, Rejection::none);
  EXPECT_EQ(log_in("alice", "pass phrase cafe\xcc\x81 long").rejection, Rejection::none);
}

TEST_F(AccountsTest, R70AnyCompositionIsFine) {
  EXPECT_EQ(sign_up("alice", "aaaa bbbb cccc dddd").rejection, Rejection::none);
  EXPECT_EQ(sign_up("bob", "111111111111117").rejection, Rejection::none);
}

TEST_F(AccountsTest, R23AChangeOfPasswordEndsEveryOtherSession) {
  const AccountOutcome kept = sign_up("alice");
  const AccountOutcome ended = log_in("alice");
  const auto change = [&](std::string_view current, std::string_view replacement) {
    return *accounts_->change_password(kept.user->id, current, replacement, &kept.session->record);
  };
  EXPECT_EQ(change(kOther, kOther).rejection, Rejection::wrong_credentials);
  EXPECT_EQ(change(kPassword, "short").rejection, Rejection::password_too_short);
  EXPECT_EQ(state(*ended.session), SessionState::active);
  const PasswordChange changed = change(kPassword, kOther);
  EXPECT_EQ(changed.rejection, Rejection::none);
  EXPECT_EQ(changed.user_epoch, 1);
  ASSERT_TRUE(changed.kept);
  EXPECT_EQ(changed.kept->record.id, kept.session->record.id);
  EXPECT_EQ(state(*changed.kept), SessionState::active);
  EXPECT_NE(state(*kept.session), SessionState::active) << "a copy of the cookie before";
  EXPECT_EQ(state(*ended.session), SessionState::revoked);
  EXPECT_EQ(log_in("alice").rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("alice", kOther).rejection, Rejection::none);
}

TEST_F(AccountsTest, R88ADisabledUserCannotChangeThePassword) {
  const AccountOutcome alice = sign_up("alice");
  ASSERT_TRUE(*memory_->users().set_disabled(alice.user->id, true));
  const auto change = accounts_->change_password(alice.user->id, kPassword, kOther);
  ASSERT_TRUE(change) << change.error().detail;
  EXPECT_EQ(change->rejection, Rejection::wrong_credentials);
  ASSERT_TRUE(*memory_->users().set_disabled(alice.user->id, false));
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
}

TEST_F(AccountsTest, ALoginWithTheOldPasswordCannotSurviveAChangeThatBeatsIt) {
  const AccountOutcome alice = sign_up("alice");
  store_.before_insert = [&] {
    EXPECT_EQ(accounts_->change_password(alice.user->id, kPassword, kOther)->rejection,
              Rejection::none);
  };
  EXPECT_EQ(log_in("alice").rejection, Rejection::wrong_credentials);
  EXPECT_TRUE(sessions_->list(alice.user->id)->records.empty());
}

TEST_F(AccountsTest, ALoginThatTheEndOfAllSessionsBeatsIsAConflictAndNotAWrongPassword) {
  const AccountOutcome alice = sign_up("alice");
  store_.before_insert = [&] { EXPECT_TRUE(sessions_->revoke_user(alice.user->id)); };
  const auto lost = accounts_->log_in({"alice", kPassword}, {});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().code, Errc::user_changed);
  store_.before_insert = [&] {
    EXPECT_TRUE(sessions_->revoke_user(alice.user->id));
    EXPECT_TRUE(*store_.users().set_disabled(alice.user->id, true));
  };
  EXPECT_EQ(log_in("alice").rejection, Rejection::wrong_credentials);
}

// The faulty store runs a hook at the n-th call of a kind, as another node may act in between.
class InterleavedAccounts : public ::testing::Test {
 protected:
  InterleavedAccounts()
      : memory_(std::move(*make_memory_store())),
        store_(make_faulty_store(*memory_, [this](StoreCall call, std::uint64_t) {
          if (call == call_ && --countdown_ == 0) {
            if (auto hook = std::exchange(hook_, nullptr)) hook();
          }
          return Fault::none;
        })) {
    sessions_ = std::move(*Sessions::open(*store_, {}));
    accounts_ = std::move(*Accounts::open(*store_, *sessions_,
                                          {.cost = {64, 1, 1}, .insecure_cost_for_tests = true}));
    auto signed_up = accounts_->sign_up({"alice", kPassword}, {});
    EXPECT_TRUE(signed_up);
    user_ = signed_up->user->id;
  }
  // change_password_at lets the password change just before the nth such call from now on.
  void change_password_at(StoreCall call, int nth) {
    call_ = call;
    countdown_ = nth;
    hook_ = [this] {
      call_ = StoreCall::check;
      EXPECT_EQ(accounts_->change_password(user_, kPassword, kOther)->rejection, Rejection::none);
    };
  }

  StoreCall call_ = StoreCall::check;
  int countdown_ = 0;
  std::function<void()> hook_;
  UserId user_;
  std::unique_ptr<Store> memory_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Accounts> accounts_;
};

TEST_F(InterleavedAccounts, APasswordThatChangesWhileTheEpochIsReadOpensNoSession) {
  change_password_at(StoreCall::user_epoch, 1);
  const auto outcome = accounts_->log_in({"alice", kPassword}, {});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->rejection, Rejection::wrong_credentials);
  EXPECT_TRUE(sessions_->list(user_)->records.empty());
}

TEST_F(InterleavedAccounts, APasswordThatChangesWhileTheUserIsReadOpensNoSession) {
  change_password_at(StoreCall::find_user, 1);
  const auto outcome = accounts_->log_in({"alice", kPassword}, {});
  ASSERT_TRUE(outcome) << outcome.error().detail;
  EXPECT_EQ(outcome->rejection, Rejection::wrong_credentials);
  EXPECT_TRUE(sessions_->list(user_)->records.empty());
}

TEST_F(InterleavedAccounts, AChangeMadeDuringTheHashIsNotOverwritten) {
  change_password_at(StoreCall::set_password, 1);
  const auto change = accounts_->change_password(user_, kPassword, "a third long enough password");
  ASSERT_TRUE(change) << change.error().detail;
  EXPECT_EQ(change->rejection, Rejection::wrong_credentials);
  EXPECT_EQ(accounts_->log_in({"alice", kOther}, {})->rejection, Rejection::none);
}

// A change of password reads the user once; a second look would take another's new hash for the one
// that was checked.
TEST_F(InterleavedAccounts, TheHashThatWasCheckedIsTheOneThatIsReplaced) {
  int reads = 0;
  auto counted = make_faulty_store(*memory_, [&](StoreCall call, std::uint64_t) {
    if (call == StoreCall::find_user && ++reads == 2) {
      EXPECT_EQ(accounts_->change_password(user_, kPassword, kOther)->rejection, Rejection::none);
    }
    return Fault::none;
  });
  const auto others = std::move(*Sessions::open(*counted, {}));
  const auto accounts = std::move(
      *Accounts::open(*counted, *others, {.cost = {64, 1, 1}, .insecure_cost_for_tests = true}));
  const auto change = accounts->change_password(user_, kPassword, "a third long enough password");
  ASSERT_TRUE(change) << change.error().detail;
  EXPECT_EQ(reads, 1);
}

TEST_F(AccountsTest, R69PasswordsAreComparedInNfkc) {
  sign_up("ligature",
          "o\xEF\xAC\x81"
          "ce keys and more");  // U+FB01, the ligature fi
  EXPECT_EQ(log_in("ligature", "ofice keys and more").rejection, Rejection::none);
  sign_up("wide", "\xEF\xBD\x81\xEF\xBD\x82\xEF\xBD\x83 twelve and more");  // full-width abc
  EXPECT_EQ(log_in("wide", "abc twelve and more").rejection, Rejection::none);
  sign_up("narrow", "abc twelve and more");
  EXPECT_EQ(log_in("narrow", "\xEF\xBD\x81\xEF\xBD\x82\xEF\xBD\x83 twelve and more").rejection,
            Rejection::none);
}

TEST_F(AccountsTest, RacingLoginsAndChangesLeaveNoSessionOfTheOldPassword) {
  accounts_ = make({.limits = {.enabled = false}});  // who loses a race has failed
  const AccountOutcome alice = sign_up("alice");
  std::string current(kPassword);
  for (int trial = 0; trial < 30; ++trial) {
    const std::string next = "password number " + std::to_string(trial) + " is long";
    std::optional<AccountOutcome> login;
    std::thread racing([&] { login = log_in("alice", current); });
    ASSERT_EQ(accounts_->change_password(alice.user->id, current, next)->rejection,
              Rejection::none);
    racing.join();
    if (login->session) {
      EXPECT_NE(state(*login->session), SessionState::active) << trial;
    }
    EXPECT_TRUE(sessions_->list(alice.user->id)->records.empty());
    current = next;
  }
}

TEST_F(AccountsTest, R73AnOlderHashIsUpgradedAtLogin) {
  const AccountOutcome alice = sign_up("alice");
  const std::string before = (*memory_->users().find_user(alice.user->id))->password_hash;
  AccountsOptions stronger;
  stronger.cost = {128, 1, 1};
  stronger.insecure_cost_for_tests = true;
  accounts_ = make(stronger);
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
  const std::string after = (*memory_->users().find_user(alice.user->id))->password_hash;
  EXPECT_NE(after, before);
  EXPECT_TRUE(after.starts_with("$argon2id$v=19$m=128,"));
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
}

TEST_F(AccountsTest, R71CommonAndPersonalPasswordsAreRefusedAtSignUpAndChange) {
  accounts_ = make({.site_name = "https://shop.example.com"});
  EXPECT_EQ(sign_up("alice", "Qwerty123456789").rejection, Rejection::password_common);
  EXPECT_EQ(sign_up("margaret", "margaret-margaret").rejection, Rejection::password_common);
  EXPECT_EQ(sign_up("ada.lovelace@mail.org", "Lovelace.Ada.1815").rejection,
            Rejection::password_common);
  EXPECT_EQ(sign_up("alice", "example.com shop 1").rejection, Rejection::password_common);
  const AccountOutcome margaret = sign_up("margaret");
  ASSERT_EQ(margaret.rejection, Rejection::none);
  for (const char* common : {"qwerty123456789", "Margaret.Margaret", "example.com shop 1"}) {
    const auto changed = accounts_->change_password(margaret.user->id, kPassword, common);
    ASSERT_TRUE(changed);
    EXPECT_EQ(changed->rejection, Rejection::password_common) << common;
  }
  EXPECT_EQ(log_in("margaret").rejection, Rejection::none) << "nothing changed";
  const auto changed =
      accounts_->change_password(margaret.user->id, kPassword, "margaret has a brown horse");
  EXPECT_EQ(changed->rejection, Rejection::none);
}

// bcryptjs 3.0.3, of kPassword
constexpr std::string_view kBcrypt = "$2b$04$yT3f1tfRJX.Vmo9p67htteYZOPjF2QQVyqhbWpYD.Xu4sP4bTBc4S";

TEST_F(AccountsTest, R73AForeignHashIsReplacedAtTheFirstLogIn) {
  StoredUser user;
  user.user.id = *UserId::parse("7");
  user.user.username = user.username_key = "alice";
  user.password_hash = kBcrypt;
  ASSERT_TRUE(*memory_->users().add_user(user));
  const auto stored = [&] { return (*memory_->users().find_user(user.user.id))->password_hash; };
  EXPECT_EQ(log_in("alice", kOther).rejection, Rejection::wrong_credentials);
  EXPECT_EQ(stored(), kBcrypt);
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
  const std::string ours = stored();
  EXPECT_TRUE(ours.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << ours;
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
  EXPECT_EQ(stored(), ours);
  EXPECT_EQ(log_in("alice", kOther).rejection, Rejection::wrong_credentials);
}

TEST_F(AccountsTest, R74AnAbsurdHashIsAFailureAndNotComputed) {
  StoredUser user;
  user.user.id = *UserId::parse("7");
  user.user.username = user.username_key = "alice";
  user.password_hash = "$argon2id$v=19$m=4194304,t=100,p=1$c29tZXNhbHQ$AAAAAAAAAAAAAAAAAAAAAA";
  ASSERT_TRUE(*memory_->users().add_user(user));
  const std::uint64_t before = crypto::argon2_work();
  const auto outcome = accounts_->log_in({"alice", kPassword}, {});
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::store_damaged);
  EXPECT_EQ(crypto::argon2_work(), before);
}

TEST_F(AccountsTest, R77WithAPepperTheStoreAloneChecksNothing) {
  std::vector<SecretBytes> secrets;
  secrets.emplace_back(std::string_view("x7Gk2pQv9LsT4mZb8RwYc3NdHf6JaE1u"));
  const auto peppers = Peppers::make(std::move(secrets));
  ASSERT_TRUE(peppers);
  ASSERT_EQ(sign_up("bob").rejection, Rejection::none);
  accounts_ = make({.peppers = *peppers});
  const AccountOutcome alice = sign_up("alice");
  EXPECT_EQ(log_in("alice").rejection, Rejection::none);
  EXPECT_EQ(log_in("alice", kOther).rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("bob").rejection, Rejection::none) << "from before there was one";
  const auto hash = [&](std::string_view name) {
    return (*memory_->users().find_username(name))->password_hash;
  };
  for (const char* name : {"alice", "bob"}) {
    EXPECT_NE(hash(name).find(",keyid="), std::string::npos) << name;
  }
  accounts_ = make({});
  const auto without = accounts_->log_in({"alice", kPassword}, {});
  ASSERT_FALSE(without);
  EXPECT_EQ(without.error().code, Errc::bad_config);
}

TEST_F(AccountsTest, R73ACostUnderTheFloorIsRefused) {
  for (const PasswordCost& cost : {PasswordCost{19455, 2, 1}, PasswordCost{19456, 1, 1}}) {
    const auto made = Accounts::open(store_, *sessions_, {.cost = cost});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::bad_config);
  }
}

TEST_F(AccountsTest, R74ACostThatNoLoginWouldCheckIsRefused) {
  for (const PasswordCost& cost : {PasswordCost{1024 * 1024 + 1, 2, 1}, PasswordCost{19456, 65, 1},
                                   PasswordCost{19456, 2, 65}}) {
    const auto made = Accounts::open(store_, *sessions_, {.cost = cost});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, Errc::bad_config);
  }
}

TEST_F(AccountsTest, R75AFloodIsRefusedInsteadOfPilingUp) {
  AccountsOptions narrow;
  narrow.workers = 1;
  narrow.queue = 1;
  accounts_ = make(narrow);
  ASSERT_EQ(sign_up("alice").rejection, Rejection::none);
  std::atomic<int> served{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i) {
    threads.emplace_back([&] {
      const auto outcome = accounts_->log_in({"alice", kPassword}, {});
      if (outcome) {
        ++served;
      } else if (outcome.error().code == Errc::overloaded) {
        ++refused;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(served + refused, 40);
  EXPECT_GE(served, 1);
}

}  // namespace
}  // namespace latchkey
