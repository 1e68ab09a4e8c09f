// validate_all and create_all: many at once, each with an outcome of its own.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/sessions.h"
#include "latchkey/store/forwarding_store.h"
#include "tests/support/manual_clock.h"
#include "tests/support/twice_entropy.h"

namespace latchkey {
namespace {

class ManyAtOnce : public ::testing::TestWithParam<Carrier> {
 protected:
  ManyAtOnce()
      : memory_(std::move(*make_memory_store())),
        store_(make_faulty_store(*memory_, [this](StoreCall call, std::uint64_t) {
          if (call != StoreCall::find && call != StoreCall::insert) return Fault::none;
          const int number = call == StoreCall::find ? ++finds_ : ++inserts_;
          return call == failing_ && number == failing_at_ ? Fault::fail_before : Fault::none;
        })) {
    SessionsOptions options;
    options.clock = &clock_;
    options.touch_every = std::chrono::hours{1};
    options.policy.max_per_user = 3;
    options.carrier = GetParam();
    if (options.carrier != Carrier::stored) {
      auto ring = KeyRing::make(keys_from_text("q7Zk0N3xT2mVb8YpLs5RdWcJfHgAe1Uo+9iKMXnB4tE="));
      options.keys = std::make_shared<SharedKeyRing>(std::move(*ring));
    }
    sessions_ = std::move(*Sessions::open(*store_, options));
  }

  std::string create(std::string_view user) {
    return sessions_->create(*UserId::parse(user))->token.reveal();
  }
  Validation alone(const TokenCheck& check) {
    return std::move(*sessions_->validate(check.token, check.options));
  }

  testing::ManualClock clock_;
  int finds_ = 0, inserts_ = 0, failing_at_ = 0;
  StoreCall failing_ = StoreCall::check;
  std::unique_ptr<Store> memory_, store_;
  std::unique_ptr<Sessions> sessions_;
};

// Of every kind: unknown, expired, revoked, of a disabled user, with another secret, good.
TEST_P(ManyAtOnce, EachTokenGetsTheAnswerThatItGetsAlone) {
  const UserId disabled = *UserId::parse("disabled");
  ASSERT_TRUE(*store_->users().add_user({{.id = disabled, .username = "d"}, "d", "hash"}));
  ASSERT_TRUE(*store_->users().set_disabled(disabled, true));
  std::vector<std::string> tokens{"", "junk", create("expired")};
  clock_.advance(std::chrono::days{31});
  tokens.push_back(create("revoked"));
  ASSERT_TRUE(*sessions_->revoke(*alone({tokens.back()}).session));
  tokens.push_back(create("disabled"));
  tokens.push_back(create("good"));
  tokens.push_back(tokens.back());
  tokens.back()[40] = tokens.back()[40] == 'A' ? 'B' : 'A';
  tokens.push_back(create("good"));
  std::set<SessionState> states;
  for (const unsigned bits : {0U, 1U, 2U, 3U}) {
    const ValidateOptions options{.with_user = (bits & 1U) != 0, .fresh = (bits & 2U) != 0};
    std::vector<TokenCheck> checks;
    for (const std::string& token : tokens) checks.push_back({token, options});
    const auto answers = sessions_->validate_all(checks);
    ASSERT_EQ(answers.size(), checks.size());
    for (std::size_t i = 0; i < answers.size(); ++i) {
      ASSERT_TRUE(answers[i]) << i;
      const Validation single = alone(checks[i]);
      EXPECT_EQ(answers[i]->state, single.state) << i;
      EXPECT_EQ(answers[i]->session, single.session) << i;
      EXPECT_EQ(answers[i]->user.has_value(), single.user.has_value()) << i;
      EXPECT_EQ(answers[i]->token.has_value(), single.token.has_value()) << i;
      EXPECT_EQ(answers[i]->fresh, single.fresh) << i;
      states.insert(single.state);
    }
  }
  EXPECT_EQ(states, (std::set{SessionState::none, SessionState::expired, SessionState::revoked,
                              SessionState::active}));
}

TEST_P(ManyAtOnce, EachGetsAUserOnlyWhenItAskedForOne) {
  const UserId ann = *UserId::parse("ann");
  ASSERT_TRUE(*store_->users().add_user({{.id = ann, .username = "ann"}, "ann", "hash"}));
  const std::string token = create("ann");
  const std::vector<TokenCheck> checks{
      {token, {}}, {token, {.with_user = true}}, {token, {.with_user = false}}};
  const auto answers = sessions_->validate_all(checks);
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_FALSE(answers[0]->user);
  EXPECT_TRUE(answers[1]->user);
  EXPECT_FALSE(answers[2]->user);
  ASSERT_TRUE(*store_->users().set_disabled(ann, true));
  const auto disabled = sessions_->validate_all(checks);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(disabled[i]->state, alone(checks[i]).state) << i;
}

TEST_P(ManyAtOnce, ASnapshotIsJudgedAtTheTimeOfItsQuestion) {
  const std::string token = create("ann");
  const UnixTime now = clock_.now();
  const ValidateOptions quick{.touch = false, .snapshot_ok = true};
  const std::vector<TokenCheck> checks{{token, quick, now},
                                       {token, quick, now + std::chrono::minutes{10}}};
  const auto answers = sessions_->validate_all(checks);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0]->from_snapshot, GetParam() == Carrier::hybrid);
  EXPECT_FALSE(answers[1]->from_snapshot) << "it is out of date then";
  EXPECT_EQ(answers[1]->state, SessionState::active);
}

// Damaged is a store with one row that cannot be read, nor any list with it.
class Damaged final : public ForwardingStore, public ForwardingSessionStore {
 public:
  explicit Damaged(Store& inner)
      : ForwardingStore(inner), ForwardingSessionStore(inner.sessions()) {}
  SessionStore& sessions() override { return *this; }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    if (std::find(ids.begin(), ids.end(), damaged) != ids.end()) {
      return Error{Errc::store_damaged, "a row cannot be read"};
    }
    return ForwardingSessionStore::find(ids, options);
  }
  SessionId damaged;
};

TEST_P(ManyAtOnce, ADamagedRowFailsNobodyElse) {
  Damaged store(*memory_);
  SessionsOptions options;
  options.clock = &clock_;
  options.carrier = GetParam();
  options.keys = sessions_->options().keys;
  const auto sessions = std::move(*Sessions::open(store, options));
  const NewSession bad = std::move(*sessions->create(*UserId::parse("bad")));
  const std::string good = create("good"), text = bad.token.reveal();
  store.damaged = bad.record.id;
  const std::vector<TokenCheck> checks{{good, {}}, {text, {}}, {good, {}}};
  const auto answers = sessions->validate_all(checks);
  ASSERT_EQ(answers.size(), 3U);
  ASSERT_TRUE(answers[0] && answers[2]);
  EXPECT_EQ(answers[0]->state, SessionState::active);
  ASSERT_FALSE(answers[1]);
  EXPECT_EQ(answers[1].error().code, Errc::store_damaged);
}

TEST(ManyAtOnceDrawn, AnIdThatIsTakenIsDrawnAgainAndTimesAreTheirOwn) {
  testing::ManualClock clock;
  auto store = std::move(*make_memory_store());
  testing::TwiceEntropy entropy;
  SessionsOptions options;
  options.clock = &clock;
  options.entropy = &entropy;
  auto sessions = std::move(*Sessions::open(*store, options));
  const UnixTime earlier = clock.now() - std::chrono::hours{1};
  const std::vector<CreateRequest> requests{{*UserId::parse("ada"), {}, earlier},
                                            {*UserId::parse("ada"), {}}};
  const auto made = sessions->create_all(requests);
  ASSERT_EQ(made.size(), 2U);
  ASSERT_TRUE(made[0]);
  ASSERT_TRUE(made[1]) << made[1].error().detail;
  EXPECT_NE(made[0]->record.id, made[1]->record.id);
  EXPECT_EQ(made[0]->record.created_at, earlier);
  EXPECT_EQ(made[1]->record.created_at, clock.now());
}

TEST_P(ManyAtOnce, ATouchCountsAndEachIsJudgedAtItsOwnTime) {
  const std::string token = create("ada");
  const UnixTime start = clock_.now();
  const std::vector<TokenCheck> checks{{token, {}, start},
                                       {token, {.touch = false}, start + std::chrono::days{31}},
                                       {token, {}, start + std::chrono::days{10}}};
  const auto answers = sessions_->validate_all(checks);
  EXPECT_EQ(answers[0]->state, SessionState::active);
  EXPECT_EQ(answers[1]->state, SessionState::expired);
  EXPECT_EQ(answers[2]->state, SessionState::active);
  EXPECT_EQ(answers[2]->session->idle_expires_at, start + std::chrono::days{24});
}

TEST_P(ManyAtOnce, OneLookUpServesSixtyFour) {
  std::vector<std::string> tokens;
  for (int i = 0; i < 130; ++i) tokens.push_back(create("u" + std::to_string(i)));
  std::vector<TokenCheck> checks;
  for (const std::string& token : tokens) checks.push_back({token, {}});
  finds_ = 0;
  const auto answers = sessions_->validate_all(checks);
  ASSERT_EQ(answers.size(), checks.size());
  for (const auto& answer : answers) EXPECT_EQ(answer->state, SessionState::active);
  EXPECT_EQ(finds_, 3);
}

// A failed store is no log-out: not of those that were in doubt either.
TEST_P(ManyAtOnce, AFailedLookUpFailsThoseWhomItConcerned) {
  const std::string good = create("good");
  const std::string ended = create("ended");
  const std::vector<TokenCheck> checks{{good, {}}, {"junk", {}}, {ended, {}}};
  failing_ = StoreCall::find;
  finds_ = 0;
  failing_at_ = 1;
  auto answers = sessions_->validate_all(checks);
  EXPECT_EQ(answers[0].error().code, Errc::store_unavailable);
  EXPECT_EQ(answers[1]->state, SessionState::none);
  EXPECT_EQ(answers[2].error().code, Errc::store_unavailable);
  clock_.advance(std::chrono::days{8});
  ASSERT_EQ(alone({good}).state, SessionState::active);  // a touch waits to be written
  clock_.advance(std::chrono::days{8});
  finds_ = 0;
  failing_at_ = 2;  // the look-up that confirms
  answers = sessions_->validate_all(checks);
  EXPECT_EQ(answers[0].error().code, Errc::store_unavailable);
  EXPECT_EQ(answers[2].error().code, Errc::store_unavailable);
  failing_at_ = 0;
  answers = sessions_->validate_all(checks);
  EXPECT_EQ(answers[0]->state, SessionState::active);
  EXPECT_EQ(answers[2]->state, SessionState::expired);
}

TEST_P(ManyAtOnce, EachNewSessionIsOneOfItsOwn) {
  const UserId ada = *UserId::parse("ada");
  std::vector<CreateRequest> requests{{ada, {.level = 2}}, {UserId{}, {}}, {ada, {.level = 9}}};
  for (int i = 0; i < 3; ++i) requests.push_back({ada, {}});
  failing_ = StoreCall::insert;
  failing_at_ = 4;
  inserts_ = 0;
  const auto made = sessions_->create_all(requests);
  ASSERT_EQ(made.size(), requests.size());
  EXPECT_EQ(made[2].error().code, Errc::invalid_argument);
  EXPECT_EQ(made[4].error().code, Errc::store_unavailable);
  for (const std::size_t i : {0U, 1U, 3U, 5U}) {
    ASSERT_TRUE(made[i]) << i;
    const Validation found = alone({made[i]->token.reveal()});
    EXPECT_EQ(found.session, made[i]->record) << i;
    EXPECT_EQ(found.session->user_id, requests[i].user) << i;
  }
}

TEST_P(ManyAtOnce, TheLimitOfAUserHolds) {
  const UserId ada = *UserId::parse("ada");
  const std::vector<CreateRequest> requests(70, {ada, {}});
  const auto all = sessions_->create_all(requests);
  ASSERT_EQ(all.size(), requests.size());
  for (const auto& made : all) EXPECT_TRUE(made);
  EXPECT_EQ(sessions_->list(ada)->records.size(), 3U);
}

INSTANTIATE_TEST_SUITE_P(Carriers, ManyAtOnce,
                         ::testing::Values(Carrier::stored, Carrier::hybrid,
                                           Carrier::encrypted_id));

TEST(ManyAtOnceWithoutRows, AreAnsweredOneAfterAnother) {
  testing::ManualClock clock;
  auto store = std::move(*make_memory_store());
  auto ring = KeyRing::make(keys_from_text("q7Zk0N3xT2mVb8YpLs5RdWcJfHgAe1Uo+9iKMXnB4tE="));
  SessionsOptions options;
  options.clock = &clock;
  options.carrier = Carrier::sealed;
  options.keys = std::make_shared<SharedKeyRing>(std::move(*ring));
  auto sessions = std::move(*Sessions::open(*store, options));
  const std::vector<CreateRequest> requests(3, {*UserId::parse("ada"), {}});
  const auto made = sessions->create_all(requests);
  ASSERT_TRUE(*sessions->revoke(made[1]->record));
  std::vector<std::string> tokens;
  for (const auto& one : made) tokens.push_back(one->token.reveal());
  const std::vector<TokenCheck> checks{{tokens[0]}, {tokens[1]}, {tokens[2]}, {"junk"}};
  const auto answers = sessions->validate_all(checks);
  EXPECT_EQ(answers[0]->state, SessionState::active);
  EXPECT_EQ(answers[1]->state, SessionState::revoked);
  EXPECT_EQ(answers[2]->state, SessionState::active);
  EXPECT_EQ(answers[3]->state, SessionState::none);

  const UnixTime later = clock.now() + std::chrono::days{1};
  const std::vector<CreateRequest> dated{{*UserId::parse("ada"), {}, later}};
  EXPECT_EQ(sessions->create_all(dated)[0]->record.created_at, later);
  const std::vector<TokenCheck> much_later{{tokens[0], {}, later + std::chrono::days{31}}};
  EXPECT_EQ(sessions->validate_all(much_later)[0]->state, SessionState::expired);
}

}  // namespace
}  // namespace latchkey
