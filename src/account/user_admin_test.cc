#include "latchkey/user_admin.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"
#include "tests/support/manual_clock.h"

namespace latchkey {
namespace {

constexpr std::string_view kLongPassword = "correct horse battery staple";
constexpr const char* kGoodHash =
    "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHQ$"
    "8ffzkQnEbJXw3MYL4qfNKtzPXXwa1HVzPyLqOXxFvrA";

// BeforeInsert runs `hook` once, when a log-in is about to become a session.
class BeforeInsert final : public ForwardingStore, public ForwardingSessionStore {
 public:
  explicit BeforeInsert(Store& inner)
      : ForwardingStore(inner), ForwardingSessionStore(inner.sessions()) {}
  std::function<void()> hook;

  SessionStore& sessions() override { return *this; }
  Result<InsertOutcome> insert(const SessionRecord& record, const InsertOptions& options) override {
    if (auto now = std::exchange(hook, nullptr)) now();
    return ForwardingSessionStore::insert(record, options);
  }
};

class UserAdminTest : public ::testing::Test {
 protected:
  UserAdminTest() : memory_(std::move(*make_memory_store())), store_(*memory_) {
    SessionsOptions options;
    options.clock = &clock_;
    sessions_ = std::move(*Sessions::open(store_, options));
    accounts_ = std::move(
        *Accounts::open(store_, *sessions_, {.cost = {64, 1, 1}, .insecure_cost_for_tests = true}));
  }
  UserAdminOptions options() {
    return {.cost = {64, 1, 1}, .insecure_cost_for_tests = true, .clock = &clock_};
  }
  User add(std::string_view name) {
    auto made = admin_.add({name, kLongPassword});
    EXPECT_TRUE(made && made->user);
    return *made->user;
  }
  AccountOutcome log_in(std::string_view name, std::string_view password = kLongPassword) {
    auto outcome = accounts_->log_in({name, password}, {});
    EXPECT_TRUE(outcome);
    return std::move(*outcome);
  }
  SessionState state(const AccountOutcome& outcome, const ValidateOptions& options = {}) {
    return sessions_->validate(outcome.session->token.reveal(), options)->state;
  }
  ImportOutcome import(StoredUser user) {
    if (user.password_hash.empty()) user.password_hash = kGoodHash;
    return *admin_.import(std::move(user));
  }

  testing::ManualClock clock_;
  std::unique_ptr<Store> memory_;
  BeforeInsert store_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Accounts> accounts_;
  UserAdmin admin_ = *UserAdmin::make(store_, options());
};

TEST_F(UserAdminTest, AnAddedUserLogsIn) {
  const User ada = add("Ada@Example.com");
  EXPECT_EQ(ada.username, "Ada@Example.com");
  EXPECT_EQ(ada.created_at, clock_.now());
  EXPECT_EQ(log_in("ada@example.com").user->id, ada.id);
  EXPECT_TRUE(sessions_->list(ada.id)->records.size() == 1) << "adding opened none";
}

TEST_F(UserAdminTest, R67TheRulesAreThoseOfSignUp) {
  add("ada");
  const auto rejection = [&](std::string_view name, std::string_view password) {
    return admin_.add({name, password})->rejection;
  };
  EXPECT_EQ(rejection("ADA", kLongPassword), Rejection::username_taken);
  EXPECT_EQ(rejection("a b", kLongPassword), Rejection::username_invalid);
  EXPECT_EQ(rejection("bob", "fourteen chars"), Rejection::password_too_short);
  EXPECT_EQ(rejection("bob", std::string(1025, 'x')), Rejection::password_too_long);
  EXPECT_EQ(rejection("bob", "passwordpassword"), Rejection::password_common);
  EXPECT_EQ(rejection("bob", "not utf-8 \xff not utf-8"), Rejection::password_invalid);
  EXPECT_FALSE(*admin_.find("bob"));
  EXPECT_EQ(UserAdmin::make(store_, {.cost = {64, 1, 1}}).error().code, Errc::bad_config);
}

TEST_F(UserAdminTest, ANewPasswordEndsEverySessionAndNeedsNoOldOne) {
  const User ada = add("ada");
  const AccountOutcome before = log_in("ada");
  const auto reset = admin_.set_password(ada.id, "another long enough password");
  ASSERT_TRUE(reset && reset->ended);
  EXPECT_EQ(reset->ended->ids.size(), 1U);
  EXPECT_EQ(state(before), SessionState::revoked);
  EXPECT_EQ(log_in("ada").rejection, Rejection::wrong_credentials);
  EXPECT_EQ(log_in("ada", "another long enough password").rejection, Rejection::none);
  EXPECT_EQ(admin_.set_password(ada.id, "short")->rejection, Rejection::password_too_short);
  EXPECT_EQ(admin_.set_password(ada.id, "passwordpassword")->rejection, Rejection::password_common);
  const auto nobody = admin_.set_password(UserId{7}, kLongPassword);
  EXPECT_TRUE(nobody && !nobody->ended && nobody->rejection == Rejection::none);
}

TEST_F(UserAdminTest, R22WhoIsDisabledIsOutAndNoSessionComesBack) {
  const User ada = add("ada");
  const AccountOutcome before = log_in("ada");
  const auto ended = admin_.disable(ada.id);
  ASSERT_TRUE(ended && *ended);
  EXPECT_EQ((*ended)->ids.size(), 1U);
  EXPECT_NE(state(before), SessionState::active);
  EXPECT_EQ(log_in("ada").rejection, Rejection::wrong_credentials);
  ASSERT_TRUE(*admin_.enable(ada.id));
  EXPECT_NE(state(before), SessionState::active);
  EXPECT_EQ(log_in("ada").rejection, Rejection::none);
  EXPECT_FALSE(*admin_.disable(UserId{7}));
  EXPECT_FALSE(*admin_.enable(UserId{7}));
}

TEST_F(UserAdminTest, EnablingEndsWhatSomethingElseOnlyDisabled) {
  const User ada = add("ada");
  const AccountOutcome before = log_in("ada");
  ASSERT_TRUE(*store_.users().set_disabled(ada.id, true));
  ASSERT_TRUE(*admin_.enable(ada.id));
  EXPECT_EQ(state(before), SessionState::revoked);
}

TEST_F(UserAdminTest, EnablingWhoIsNotDisabledLogsNobodyOut) {
  const User ada = add("ada");
  const AccountOutcome before = log_in("ada");
  const auto ended = admin_.enable(ada.id);
  ASSERT_TRUE(ended && *ended);
  EXPECT_TRUE((*ended)->ids.empty());
  EXPECT_EQ(state(before), SessionState::active);
}

TEST_F(UserAdminTest, ALogInUnderWayLoses) {
  const std::vector<std::pair<const char*, std::function<bool(const UserId&)>>> changes{
      {"disable", [&](const UserId& id) { return admin_.disable(id)->has_value(); }},
      {"remove", [&](const UserId& id) { return admin_.remove(id)->has_value(); }},
      {"set_password", [&](const UserId& id) {
         return admin_.set_password(id, "another long enough password")->ended.has_value();
       }}};
  for (const auto& one : changes) {
    const User user = add(one.first);
    store_.hook = [&] { EXPECT_TRUE(one.second(user.id)); };
    EXPECT_EQ(log_in(one.first).rejection, Rejection::wrong_credentials) << one.first;
    EXPECT_TRUE(sessions_->list(user.id)->records.empty()) << one.first;
  }
}

TEST_F(UserAdminTest, WhoIsDeletedDuringTheSignUpGetsNoSession) {
  UserId id;
  store_.hook = [&] {
    id = (*admin_.find("ada"))->user.id;
    EXPECT_TRUE(*admin_.remove(id));
  };
  EXPECT_FALSE(accounts_->sign_up({"ada", kLongPassword}, {}));
  EXPECT_TRUE(sessions_->list(id)->records.empty());
}

TEST_F(UserAdminTest, R22ADeletedUserIsGoneAndTheNameIsFree) {
  const User ada = add("ada");
  const AccountOutcome before = log_in("ada");
  ASSERT_TRUE(*admin_.remove(ada.id));
  EXPECT_EQ(state(before), SessionState::revoked);
  EXPECT_EQ(log_in("ada").rejection, Rejection::wrong_credentials);
  EXPECT_FALSE(*admin_.remove(ada.id));
  EXPECT_NE(add("ada").id, ada.id);
}

TEST_F(UserAdminTest, AFailedStoreIsAFailureAndNotAnUnknownUser) {
  const User ada = add("ada");
  ASSERT_TRUE(*store_.users().set_disabled(ada.id, true));
  const auto faulty =
      make_faulty_store(*memory_, [](StoreCall, std::uint64_t) { return Fault::fail_before; });
  UserAdmin admin = *UserAdmin::make(*faulty, options());
  EXPECT_FALSE(admin.find("ada"));
  EXPECT_FALSE(admin.list("", 10));
  EXPECT_FALSE(admin.add({"bob", kLongPassword}));
  EXPECT_FALSE(admin.set_password(ada.id, kLongPassword));
  EXPECT_FALSE(admin.disable(ada.id));
  EXPECT_FALSE(admin.enable(ada.id));
  EXPECT_FALSE(admin.remove(ada.id));
  EXPECT_FALSE(admin.import({.user = {.username = "eve"}, .password_hash = kGoodHash}));
}

// Sessions that could not be ended stay refused, because their user stays disabled.
TEST_F(UserAdminTest, WhoseSessionsCannotBeEndedIsNotEnabled) {
  const User ada = add("ada");
  const AccountOutcome before = log_in("ada");
  const auto faulty = make_faulty_store(*memory_, [](StoreCall call, std::uint64_t) {
    return call == StoreCall::remove_user ? Fault::fail_before : Fault::none;
  });
  UserAdmin admin = *UserAdmin::make(*faulty, options());
  EXPECT_FALSE(admin.disable(ada.id));
  EXPECT_NE(state(before, {.with_user = true}), SessionState::active);
  EXPECT_FALSE(admin.enable(ada.id));
  EXPECT_NE(state(before, {.with_user = true}), SessionState::active);
}

TEST_F(UserAdminTest, AnImportedUserIsJudgedAsOneWhoSignsUp) {
  StoredUser ada{.user = {.id = UserId{7},
                          .username = "Ada",
                          .attributes = R"({"a":1})",
                          .created_at = from_unix_millis(5)}};
  EXPECT_EQ(import(ada), ImportOutcome::added);
  const StoredUser stored = (*admin_.find("ADA")).value();
  EXPECT_EQ(stored.user.id, UserId{7});
  EXPECT_EQ(stored.user.username, "Ada");
  EXPECT_EQ(stored.username_key, "ada");
  EXPECT_EQ(stored.user.created_at, from_unix_millis(5));
  EXPECT_EQ(stored.password_hash, kGoodHash);
  EXPECT_EQ(import(ada), ImportOutcome::already_there) << "an import that is run again";
  ada.user.id = UserId{8};
  EXPECT_EQ(import(ada), ImportOutcome::username_taken);
  EXPECT_EQ(import({.user = {.id = UserId{7}, .username = "bob"}}), ImportOutcome::user_id_taken);
  EXPECT_EQ(import({.user = {.username = "a b"}}), ImportOutcome::username_invalid);
  EXPECT_EQ(import({.user = {.username = "bob", .attributes = "[]"}}),
            ImportOutcome::attributes_invalid);
  EXPECT_EQ(*admin_.import({.user = {.username = "bob"}}), ImportOutcome::no_password_hash);
  EXPECT_EQ(import({.user = {.username = "bob"}, .password_hash = "$2b$12$abc"}),
            ImportOutcome::hash_unsupported);
  EXPECT_FALSE(*admin_.find("bob"));
}

TEST_F(UserAdminTest, OfManyImportsOfOneUserOneAddsIt) {
  std::atomic<int> added{0}, there{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      const ImportOutcome outcome = import({.user = {.id = UserId{7}, .username = "ada"}});
      added += outcome == ImportOutcome::added ? 1 : 0;
      there += outcome == ImportOutcome::already_there ? 1 : 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(added, 1);
  EXPECT_EQ(there, 7);
}

TEST_F(UserAdminTest, AnImportWithoutIdsIsRunAgainWithoutHarm) {
  EXPECT_EQ(import({.user = {.username = "ada"}}), ImportOutcome::added);
  const StoredUser ada = (*admin_.find("ada")).value();
  EXPECT_FALSE(ada.user.id.empty());
  EXPECT_EQ(ada.user.created_at, clock_.now());
  EXPECT_EQ(import({.user = {.username = "ada"}}), ImportOutcome::already_there);
  std::string other = kGoodHash;
  other.replace(other.find("c2Fs"), 4, "c2Ft");
  EXPECT_EQ(import({.user = {.username = "ada"}, .password_hash = other}),
            ImportOutcome::username_taken);
}

}  // namespace
}  // namespace latchkey
