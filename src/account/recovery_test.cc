#include "latchkey/recovery.h"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "tests/support/manual_clock.h"

namespace latchkey {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

constexpr std::string_view kBefore = "correct horse battery staple";
constexpr std::string_view kAfter = "another long enough password";
constexpr std::string_view kResetUrl = "https://app.example.com/password/reset";

class RecoveryTest : public ::testing::Test {
 protected:
  RecoveryTest()
      : memory_(std::move(*make_memory_store())),
        store_(make_faulty_store(*memory_,
                                 [this](StoreCall call, std::uint64_t) {
                                   calls_.push_back(call);
                                   if (call == StoreCall::set_attributes && before_set_) {
                                     std::exchange(before_set_, nullptr)();
                                   }
                                   return failing_ && call == *failing_ ? Fault::fail_before
                                                                        : Fault::none;
                                 })),
        admin_(*UserAdmin::make(*memory_, {.cost = {64, 1, 1}, .insecure_cost_for_tests = true})) {
    SessionsOptions sessions;
    sessions.clock = &clock_;
    sessions_ = std::move(*Sessions::open(*memory_, sessions));
    accounts_ = std::move(*Accounts::open(*memory_, *sessions_,
                                          {.cost = {64, 1, 1}, .insecure_cost_for_tests = true}));
    recovery_ = std::move(*Recovery::open(*store_, options()));
    user_ = *admin_.add({"Ann@example.com", kBefore})->user;
    calls_.clear();
  }
  RecoveryOptions options() {
    return {.send = [this](const Mail& mail) { mails_.push_back(mail); },
            .reset_url = std::string(kResetUrl),
            .verify_url = "https://app.example.com/verify",
            .cost = {64, 1, 1},
            .insecure_cost_for_tests = true,
            .clock = &clock_};
  }
  LinkRequest forget(std::string_view name, std::string_view address = {}) {
    auto asked = recovery_->forgot_password(name, {.address = std::string(address)});
    EXPECT_TRUE(asked);
    return *asked;
  }
  static std::string token_of(const Mail& mail) {
    const std::size_t at = mail.link.find("?token=");
    EXPECT_NE(at, std::string::npos) << mail.link;
    return mail.link.substr(at + 7);
  }
  // A link for ann.
  std::string link() {
    forget("ann@example.com");
    return token_of(mails_.back());
  }
  PasswordReset reset(std::string_view token, std::string_view password = kAfter) {
    auto done = recovery_->reset_password(token, password);
    EXPECT_TRUE(done);
    return *done;
  }
  AccountOutcome log_in(std::string_view password) {
    auto outcome = accounts_->log_in({"ann@example.com", password}, {});
    EXPECT_TRUE(outcome);
    return std::move(*outcome);
  }

  testing::ManualClock clock_;
  std::vector<StoreCall> calls_;
  std::optional<StoreCall> failing_;
  std::function<void()> before_set_;  // once
  std::unique_ptr<Store> memory_;
  std::unique_ptr<Store> store_;
  UserAdmin admin_;
  std::unique_ptr<Sessions> sessions_;
  std::unique_ptr<Accounts> accounts_;
  std::vector<Mail> mails_;
  std::unique_ptr<Recovery> recovery_;
  User user_;
};

TEST_F(RecoveryTest, R78ALinkSetsANewPasswordAndEndsEverySession) {
  const auto before = log_in(kBefore);
  ASSERT_TRUE(before.session);
  const std::string token = link();
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].kind, MailKind::password_reset);
  EXPECT_EQ(mails_[0].to, "Ann@example.com");
  EXPECT_EQ(mails_[0].valid_for, minutes{15});
  EXPECT_TRUE(mails_[0].link.starts_with(std::string(kResetUrl) + "?token="));
  EXPECT_EQ(token.size(), 43U) << "256 bits";
  EXPECT_TRUE(*recovery_->knows_reset(token));
  const auto done = reset(token);
  EXPECT_EQ(done.rejection, Rejection::none);
  ASSERT_TRUE(done.ended);
  EXPECT_EQ(done.ended->ids.size(), 1U);
  EXPECT_GT(done.ended->user_epoch, 0) << "a log-in under way fails";
  EXPECT_EQ(sessions_->validate(before.session->token.reveal(), {})->state, SessionState::revoked);
  EXPECT_EQ(log_in(kBefore).rejection, Rejection::wrong_credentials);
  EXPECT_TRUE(log_in(kAfter).session);
}

TEST_F(RecoveryTest, R78ALinkWorksOnce) {
  const std::string token = link();
  ASSERT_TRUE(reset(token).ended);
  EXPECT_FALSE(reset(token, kBefore).ended);
  EXPECT_FALSE(*recovery_->knows_reset(token));
  EXPECT_TRUE(log_in(kAfter).session);
}

TEST_F(RecoveryTest, R78OfManyUsesAtTheSameTimeOneSucceeds) {
  auto own = options();
  std::mutex mutex;
  own.send = [&](const Mail& mail) {
    const std::lock_guard lock(mutex);
    mails_.push_back(mail);
  };
  recovery_ = std::move(*Recovery::open(*memory_, own));
  const std::string token = link();
  std::atomic<int> done{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 20; ++i) {
    threads.emplace_back([&] {
      const auto outcome = recovery_->reset_password(token, kAfter);
      if (outcome && outcome->ended) done.fetch_add(1);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(done.load(), 1);
}

TEST_F(RecoveryTest, R78ALinkLivesFifteenMinutes) {
  const std::string token = link();
  clock_.advance(minutes{15} - Millis{1});
  EXPECT_TRUE(*recovery_->knows_reset(token));
  clock_.advance(Millis{1});
  EXPECT_FALSE(*recovery_->knows_reset(token));
  EXPECT_FALSE(reset(token).ended);
  EXPECT_TRUE(log_in(kBefore).session);
}

TEST_F(RecoveryTest, R78OnlyAHashOfTheLinkIsKept) {
  const std::string token = link();
  const auto found = memory_->one_time().find_secret(SecretHash{}, "password_reset", clock_.now());
  ASSERT_TRUE(found);
  EXPECT_FALSE(*found);
  for (const std::string& other :
       {token.substr(1), token + "A", std::string(43, 'A'), std::string{}, std::string(43, '.')}) {
    EXPECT_FALSE(*recovery_->knows_reset(other)) << other;
    EXPECT_FALSE(reset(other).ended) << other;
  }
}

TEST_F(RecoveryTest, ALinkDiesWhenThePasswordChangesOtherwise) {
  const std::string one = link();
  const std::string two = link();
  ASSERT_TRUE(reset(two).ended);
  EXPECT_FALSE(reset(one, kBefore).ended) << "the other link";
  const std::string three = link();
  ASSERT_TRUE(admin_.set_password(user_.id, kBefore)->ended);
  EXPECT_FALSE(*recovery_->knows_reset(three));
  EXPECT_FALSE(reset(three).ended);
}

TEST_F(RecoveryTest, ARejectedPasswordLeavesTheLink) {
  const std::string token = link();
  EXPECT_EQ(reset(token, "short").rejection, Rejection::password_too_short);
  EXPECT_FALSE(reset(token, "short").ended);
  EXPECT_TRUE(reset(token).ended);
}

TEST_F(RecoveryTest, R91AnUnknownNameGetsTheSameAnswerAfterTheSameCalls) {
  forget("ann@example.com");
  const std::vector<StoreCall> known = std::exchange(calls_, {});
  forget("bob@example.com");
  EXPECT_EQ(calls_, known) << "unknown";
  calls_.clear();
  forget("no name (at all)");
  EXPECT_EQ(calls_, known) << "no name";
  calls_.clear();
  ASSERT_TRUE(admin_.disable(user_.id));
  forget("ann@example.com");
  EXPECT_EQ(calls_, known) << "disabled";
  calls_.clear();
  ASSERT_TRUE(admin_.add({"carl", kBefore})->user);
  forget("carl");
  EXPECT_EQ(calls_, known) << "without an address";
  EXPECT_EQ(mails_.size(), 1U);
}

TEST_F(RecoveryTest, R91MailIsLimitedForEachNameWhetherItExistsOrNot) {
  for (const char* name : {"ann@example.com", "bob@example.com"}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(forget(name).rejection, Rejection::none);
    const auto refused = forget(name);
    EXPECT_EQ(refused.rejection, Rejection::rate_limited) << name;
    EXPECT_EQ(refused.retry_after, hours{1}) << name;
  }
  EXPECT_EQ(mails_.size(), 3U);
  clock_.advance(hours{1});
  EXPECT_EQ(forget("ann@example.com").rejection, Rejection::none);
}

TEST_F(RecoveryTest, MailIsLimitedForEachAddress) {
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(forget("n" + std::to_string(i), "2001:db8::1").rejection, Rejection::none);
  }
  EXPECT_EQ(forget("another", "2001:db8::2").rejection, Rejection::rate_limited) << "the same /64";
  EXPECT_EQ(forget("another", "192.0.2.1").rejection, Rejection::none);
}

TEST_F(RecoveryTest, AResetLetsInWhomGuessesHadShutOut) {
  for (int i = 0; i < 5; ++i) log_in("not the right password");
  EXPECT_EQ(log_in(kBefore).rejection, Rejection::rate_limited);
  ASSERT_TRUE(reset(link()).ended);
  EXPECT_TRUE(log_in(kAfter).session);
}

TEST_F(RecoveryTest, R98TheUserIsToldThatThePasswordChanged) {
  ASSERT_TRUE(reset(link()).ended);
  ASSERT_EQ(mails_.size(), 2U);
  EXPECT_EQ(mails_[1].kind, MailKind::password_changed);
  EXPECT_EQ(mails_[1].to, "Ann@example.com");
  EXPECT_EQ(mails_[1].link, "");
  recovery_->tell_changed(user_.id);
  recovery_->tell_changed(UserId{7});
  EXPECT_EQ(mails_.size(), 3U);
}

TEST_F(RecoveryTest, R98TheUserIsToldOfALogInFromANewDevice) {
  recovery_->tell_log_in(user_, {.user_agent = "Mozilla", .address = "192.0.2.7"});
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].kind, MailKind::new_device);
  EXPECT_EQ(mails_[0].to, "Ann@example.com");
  EXPECT_EQ(mails_[0].username, "Ann@example.com");
  EXPECT_EQ(mails_[0].client_address, "192.0.2.7");
  EXPECT_EQ(mails_[0].user_agent, "Mozilla");
  EXPECT_EQ(mails_[0].at, clock_.now());
  EXPECT_EQ(mails_[0].link, "");
  for (int i = 0; i < 5; ++i) recovery_->tell_log_in(user_, {});
  EXPECT_EQ(mails_.size(), 3U) << "three an hour";
  EXPECT_EQ(forget("ann@example.com").rejection, Rejection::none) << "on a count of its own";
  EXPECT_EQ(mails_.size(), 4U);
  clock_.advance(hours{1});
  recovery_->tell_log_in(user_, {});
  EXPECT_EQ(mails_.size(), 5U);
  const User bob = *admin_.add({"bob", kBefore})->user;
  recovery_->tell_log_in(bob, {});
  failing_ = StoreCall::take;
  recovery_->tell_log_in(user_, {});
  EXPECT_EQ(mails_.size(), 5U) << "without an address, or a count, there is no mail";
}

// The counts of ids and addresses have names that no user name has.
TEST_F(RecoveryTest, R83WhoeverIsCalledLikeAnIdOrAnAddressUsesUpNoCountOfOthers) {
  const std::string id(user_.id.text());
  for (const std::string& name : {id, std::string("new@example.com")}) {
    for (int i = 0; i < 3; ++i) EXPECT_EQ(forget(name).rejection, Rejection::none);
    EXPECT_EQ(forget(name).rejection, Rejection::rate_limited) << name;
  }
  EXPECT_EQ(recovery_->send_verification(user_, "new@example.com")->rejection, Rejection::none);
}

TEST_F(RecoveryTest, TheAttributeEmailIsWhereTheMailGoes) {
  StoredUser stored{.user = {.username = "dora", .attributes = R"({"email":"dora@example.org"})"},
                    .password_hash = (*memory_->users().find_user(user_.id))->password_hash};
  ASSERT_EQ(*admin_.import(stored), ImportOutcome::added);
  forget("dora");
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].to, "dora@example.org");
  stored.user = {.username = "eve@example.com", .attributes = R"({"email":"-oX@example.org"})"};
  ASSERT_EQ(*admin_.import(stored), ImportOutcome::added);
  forget("eve@example.com");
  EXPECT_EQ(mails_.size(), 1U) << "what a command could take for an option";
}

TEST_F(RecoveryTest, AStoreThatFailsIsAnErrorAndChangesNothing) {
  for (const StoreCall call : {StoreCall::take, StoreCall::find_username, StoreCall::put_secret}) {
    failing_ = call;
    EXPECT_FALSE(recovery_->forgot_password("ann@example.com"));
  }
  failing_.reset();
  EXPECT_TRUE(mails_.empty());
  clock_.advance(hours{1});
  const std::string token = link();
  for (const StoreCall call : {StoreCall::find_secret, StoreCall::find_user}) {
    failing_ = call;
    EXPECT_FALSE(recovery_->knows_reset(token));
    EXPECT_FALSE(recovery_->reset_password(token, kAfter));
  }
  failing_ = StoreCall::take_secret;
  EXPECT_FALSE(recovery_->reset_password(token, kAfter));
  failing_.reset();
  EXPECT_TRUE(reset(token).ended);
}

TEST_F(RecoveryTest, AnAddressIsProvenByTheMailThatReachedIt) {
  const auto asked = recovery_->send_verification(user_, "ann@new.example");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->rejection, Rejection::none);
  ASSERT_EQ(mails_.size(), 1U);
  EXPECT_EQ(mails_[0].kind, MailKind::address_verification);
  EXPECT_EQ(mails_[0].to, "ann@new.example");
  EXPECT_EQ(mails_[0].valid_for, hours{24});
  const std::string token = token_of(mails_[0]);
  EXPECT_FALSE(*recovery_->knows_reset(token)) << "a link of one kind is none of another";
  EXPECT_FALSE(reset(token).ended);
  const auto proven = recovery_->verify_address(token);
  ASSERT_TRUE(proven && *proven);
  EXPECT_EQ((*proven)->user, user_.id);
  EXPECT_EQ((*proven)->address, "ann@new.example");
  EXPECT_FALSE(*recovery_->verify_address(token)) << "R97: once";
}

TEST_F(RecoveryTest, R97AVerificationLinkExpires) {
  ASSERT_TRUE(recovery_->send_verification(user_, "ann@new.example"));
  clock_.advance(hours{24});
  EXPECT_FALSE(*recovery_->verify_address(token_of(mails_[0])));
  const auto wrong = recovery_->send_verification(user_, "no address");
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::invalid_argument);
}

TEST_F(RecoveryTest, AConfirmedAddressIsTheUsers) {
  const UserAddress before = address_of(user_);
  EXPECT_EQ(before.address, "Ann@example.com");
  EXPECT_FALSE(before.verified);
  ASSERT_TRUE(recovery_->send_verification(user_, before.address));
  const std::string token = token_of(mails_[0]);
  EXPECT_EQ(*recovery_->look_at_verification(token), LinkUse::usable);
  for (const StoreCall call : {StoreCall::find_secret, StoreCall::take_secret}) {
    failing_ = call;
    EXPECT_FALSE(call == StoreCall::find_secret ? recovery_->look_at_verification(token).has_value()
                                                : recovery_->confirm_address(token).has_value());
  }
  failing_.reset();
  const auto proven = recovery_->confirm_address(token);
  ASSERT_TRUE(proven && *proven);
  EXPECT_EQ((*proven)->address, "Ann@example.com");
  const UserAddress after = address_of((*memory_->users().find_user(user_.id))->user);
  EXPECT_EQ(after.address, "Ann@example.com");
  EXPECT_TRUE(after.verified);
  EXPECT_EQ(*recovery_->look_at_verification(token), LinkUse::none);
  EXPECT_EQ(*recovery_->look_at_verification("nonsense"), LinkUse::none);
}

// Who knew the password until it was changed must not keep a way in.
TEST_F(RecoveryTest, R79AVerificationLinkDiesWithThePassword) {
  ASSERT_TRUE(recovery_->send_verification(user_, "Ann@example.com"));
  const std::string token = token_of(mails_[0]);
  const auto stored = memory_->users().find_user(user_.id);
  ASSERT_TRUE(memory_->users().set_password({.user = user_.id,
                                             .new_hash = "another",
                                             .expected_hash = (*stored)->password_hash,
                                             .now = clock_.now()}));
  EXPECT_EQ(*recovery_->look_at_verification(token), LinkUse::none);
  EXPECT_FALSE(*recovery_->confirm_address(token));
  EXPECT_FALSE(*recovery_->verify_address(token));
}

TEST_F(RecoveryTest, AnAddressThatCouldNotBeKeptLeavesTheLink) {
  ASSERT_TRUE(recovery_->send_verification(user_, "Ann@example.com"));
  const std::string token = token_of(mails_[0]);
  failing_ = StoreCall::set_attributes;
  EXPECT_FALSE(recovery_->confirm_address(token));
  failing_.reset();
  EXPECT_TRUE(*recovery_->confirm_address(token));
}

TEST_F(RecoveryTest, AFirstAddressIsConfirmedByItsUserAlone) {
  ASSERT_TRUE(*memory_->users().set_attributes(user_.id, "", R"({"email":""})"));
  ASSERT_TRUE(recovery_->send_verification(user_, "new@example.com"));
  const std::string token = token_of(mails_[0]);
  EXPECT_EQ(*recovery_->look_at_verification(token), LinkUse::its_user);
  EXPECT_FALSE(*recovery_->confirm_address(token));
  EXPECT_FALSE(*recovery_->confirm_address(token, UserId::parse("somebodyelse").value()));
  EXPECT_EQ(*recovery_->look_at_verification(token, user_.id), LinkUse::usable);
  EXPECT_TRUE(*recovery_->confirm_address(token, user_.id));
}

TEST_F(RecoveryTest, AnAddressIsKeptThoughTheAttributesChangeMeanwhile) {
  ASSERT_TRUE(recovery_->send_verification(user_, "Ann@example.com"));
  before_set_ = [&] {
    ASSERT_TRUE(*memory_->users().set_attributes(user_.id, "", R"({"role":"admin"})"));
  };
  ASSERT_TRUE(*recovery_->confirm_address(token_of(mails_[0])));
  EXPECT_EQ((*memory_->users().find_user(user_.id))->user.attributes,
            R"({"role":"admin","email":"Ann@example.com","email_verified":true})");
}

// What latchkey does not understand of the attributes it does not write again.
TEST_F(RecoveryTest, AConfirmationChangesNoByteOfTheOtherAttributes) {
  const auto confirmed = [&](const std::string& before) {
    EXPECT_TRUE(*memory_->users().set_attributes(
        user_.id, (*memory_->users().find_user(user_.id))->user.attributes, before));
    EXPECT_TRUE(recovery_->send_verification(user_, "Ann@example.com"));
    EXPECT_TRUE(*recovery_->confirm_address(token_of(mails_.back())));
    clock_.advance(hours{1});
    return (*memory_->users().find_user(user_.id))->user.attributes;
  };
  const std::string address = R"("email":"Ann@example.com","email_verified":true)";
  EXPECT_EQ(confirmed(""), "{" + address + "}");
  EXPECT_EQ(confirmed("{}"), "{" + address + "}");
  const std::string others = R"("n":9007199254740993,"m":123456789012345678901234567890,)"
                             R"("f":1.10,"e":1E2,"s":"\u00e4\/" , "o":{ "a" : [1 ,2.0] })";
  EXPECT_EQ(confirmed("{" + others + "}"), "{" + others + "," + address + "}");
  EXPECT_EQ(confirmed(R"({"email_verified":false,)" + others + R"(,"email" : "Ann@example.com"})"),
            R"({"email_verified":true,)" + others + R"(,"email" : "Ann@example.com"})")
      << "members stay where they are";
}

TEST_F(RecoveryTest, OnlyAnAddressOfAnImportCanBeVerifiedWithoutAMail) {
  const auto of = [](std::string_view attributes) {
    return address_of({.username = "dora", .attributes = std::string(attributes)});
  };
  EXPECT_TRUE(of(R"({"email":"d@e.org","email_verified":true})").verified);
  for (const char* none : {R"({"email":"d@e.org","email_verified":"true"})",
                           R"({"email":"d@e.org","email_verified":1})", R"({"email":"d@e.org"})"}) {
    EXPECT_EQ(of(none).address, "d@e.org") << none;
    EXPECT_FALSE(of(none).verified) << none;
  }
  EXPECT_FALSE(of(R"({"email_verified":true})").verified) << "no address";
  EXPECT_EQ(of(R"({"email":"a@b@c","email_verified":true})").address, "");
  EXPECT_EQ(of("nonsense").address, "");
}

TEST_F(RecoveryTest, MisuseIsRefusedWithWhatToChange) {
  const auto refused = [&](auto change) {
    RecoveryOptions wrong = options();
    change(wrong);
    const auto made = Recovery::open(*memory_, wrong);
    return made ? std::string{} : made.error().detail;
  };
  EXPECT_EQ(refused([](auto&) {}), "");
  EXPECT_NE(refused([](auto& o) { o.send = nullptr; }), "");
  EXPECT_NE(refused([](auto& o) { o.reset_url = "/password/reset"; }), "");
  EXPECT_NE(refused([](auto& o) { o.reset_url = "https://a.example/?a=b"; }), "");
  EXPECT_NE(refused([](auto& o) { o.reset_life = hours{2}; }), "");
  EXPECT_NE(refused([](auto& o) { o.verify_life = Millis{0}; }), "");
  EXPECT_NE(refused([](auto& o) { o.account.most = 0; }), "");
  EXPECT_NE(refused([](auto& o) { o.insecure_cost_for_tests = false; }), "");
  RecoveryOptions none = options();
  none.reset_url = none.verify_url = "";
  const auto made = Recovery::open(*memory_, none);
  ASSERT_TRUE(made);
  EXPECT_EQ((*made)->forgot_password("ann").error().code, Errc::unsupported);
  EXPECT_EQ((*made)->send_verification(user_, "a@b.c").error().code, Errc::unsupported);
}

TEST(MailAddress, HasAForm) {
  for (const char* good : {"a@b", "ann.o-tool+x@mail.example.com", "\xc3\xa4@\xc3\xb6.example"}) {
    EXPECT_TRUE(is_mail_address(good)) << good;
  }
  for (const char* bad : {"", "a", "@b", "a@", "a@b@c", "-a@b", "a@-b", "a b@c", "a\n@b", "a@b\r",
                          "<a@b>", "a,c@b", "\"a\"@b", "$(a)@b", "a@b;c", "a@b|c", "\xff@b"}) {
    EXPECT_FALSE(is_mail_address(bad)) << bad;
  }
  EXPECT_FALSE(is_mail_address(std::string(300, 'a') + "@b"));
}

}  // namespace
}  // namespace latchkey
