#include "session/carriers/revision.h"

#include "tests/support/carrier_fixture.h"

namespace latchkey::testing {
namespace {

using session::next_revision;
using session::revision_of_content;
using session::set_carried;
using std::chrono::hours;
using std::chrono::milliseconds;

constexpr std::int64_t kMost = (std::int64_t{1} << 53) - 1;

SessionRecord carried(std::int64_t revision) {
  SessionRecord record;
  record.created_at = from_unix_millis(1'763'683'200'123);
  set_carried(record, 0, revision);
  return record;
}

TEST(Revision, GrowsWithEveryChangeWhateverTheClockSays) {
  const SessionRecord made = carried(1);
  const UnixTime later = made.created_at + hours{1};
  const std::int64_t second = next_revision(made, R"({"a":1})", later);
  EXPECT_GT(second, 1);
  EXPECT_GT(next_revision(carried(second), R"({"a":2})", later), second) << "the same millisecond";
  EXPECT_GT(next_revision(carried(second), R"({"a":2})", made.created_at - hours{1}), second)
      << "a node whose clock is behind";
  EXPECT_GT(next_revision(carried(revision_of_content(R"({"a":1})")), "", made.created_at),
            revision_of_content(R"({"a":1})"))
      << "after a text without the number";
}

TEST(Revision, OfChangesOfOneCookieAtOnceIsNotTheSame) {
  const SessionRecord made = carried(1);
  const UnixTime now = made.created_at + hours{1};
  EXPECT_NE(next_revision(made, R"({"a":1})", now), next_revision(made, R"({"a":2})", now));
  EXPECT_NE(next_revision(made, R"({"a":1})", now),
            next_revision(made, R"({"a":1})", now + milliseconds{1}));
}

TEST(Revision, StaysANumberOfJavaScript) {
  EXPECT_LE(next_revision(carried(1), "", kNever), kMost);
  EXPECT_LE(next_revision(carried(kMost), "x", kNever), kMost);
  EXPECT_LE(revision_of_content("x"), kMost);
}

class RevisionCarrier : public CarrierFixture,
                        public ::testing::WithParamInterface<std::pair<Carrier, int>> {
 protected:
  std::unique_ptr<Sessions> node_of(int format) {
    SessionsOptions options;
    options.seal_format = static_cast<std::uint32_t>(format);
    return node(GetParam().first, std::move(options));
  }
  // change sets `a` and returns what the other node says of the session then.
  SessionRecord change(Sessions& changing, Sessions& reading, const SessionRecord& session,
                       std::string_view value) {
    const AttributeEdit edit{"a", std::string(value)};
    auto changed = changing.edit(session, std::span(&edit, 1));
    EXPECT_TRUE(changed) << changed.error().detail;
    if (!changed->token) return {};
    SessionRecord read = *look(reading, changed->token->reveal(), {.touch = false}).session;
    EXPECT_EQ(read.revision(), changed->record.revision()) << "one session, one number";
    return read;
  }
};
INSTANTIATE_TEST_SUITE_P(Carriers, RevisionCarrier,
                         ::testing::Values(std::pair{Carrier::sealed, 1},
                                           std::pair{Carrier::sealed, 2},
                                           std::pair{Carrier::signed_token, 1}),
                         [](const auto& test) {
                           return std::string(carrier_name(test.param.first)) +
                                  std::to_string(test.param.second);
                         });

TEST_P(RevisionCarrier, AChangeIsSeenAndNothingElseIs) {
  const auto a = node_of(GetParam().second), b = node_of(GetParam().second);
  const bool ordered = GetParam() != std::pair{Carrier::sealed, 1};
  const NewSession made = log_in(*a);
  EXPECT_EQ(made.record.revision(), 1);
  EXPECT_EQ(made.record.version, 0) << "there is no row";
  SessionRecord before = *look(*b, made.token.reveal()).session;
  EXPECT_EQ(before.revision(), 1);
  for (const char* value : {"1", "2", "1"}) {
    const SessionRecord after = change(*a, *b, before, value);
    EXPECT_NE(after.revision(), before.revision());
    if (ordered) EXPECT_GT(after.revision(), before.revision());
    before = after;
  }
  clock_.advance(hours{24});
  const auto touched = a->touch(before);
  ASSERT_TRUE(touched && touched->token);
  EXPECT_EQ(touched->record.revision(), before.revision());
  clock_.advance(hours{24} * 8);
  const Validation renewed = look(*b, touched->token->reveal());
  ASSERT_TRUE(renewed.fresh);
  EXPECT_EQ(renewed.session->revision(), before.revision());
}

TEST_P(RevisionCarrier, OfParallelChangesEachIsAnotherRevision) {
  const auto a = node_of(GetParam().second), b = node_of(GetParam().second);
  const NewSession made = log_in(*a, "alice", {.attributes = R"({"a":0})"});
  const SessionRecord one = change(*a, *b, made.record, "1");
  const SessionRecord two = change(*b, *a, made.record, "2");
  EXPECT_NE(one.revision(), two.revision());
  EXPECT_NE(one.revision(), made.record.revision());
}

TEST_P(RevisionCarrier, TheEpochOfTheUserIsNoPartOfIt) {
  const auto sessions = node_of(GetParam().second);
  ASSERT_TRUE(sessions->revoke_user(*UserId::parse("alice")));
  ASSERT_TRUE(sessions->revoke_user(*UserId::parse("alice")));
  const NewSession made = log_in(*sessions);
  EXPECT_EQ(made.record.carried->epoch, 2);
  EXPECT_EQ(made.record.revision(), 1);
  const auto kept = sessions->revoke_others(made.record);
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->kept.record.carried->epoch, 3);
  EXPECT_EQ(kept->kept.record.revision(), 1) << "the session itself has not changed";
}

using SealFormats = CarrierFixture;

TEST_F(SealFormats, NodesOfBothFormatsServeTheSameSessions) {
  SessionsOptions revised;
  revised.seal_format = 2;
  const auto older = node(Carrier::sealed), newer = node(Carrier::sealed, std::move(revised));
  const NewSession one = log_in(*older);
  const NewSession two = log_in(*newer);
  EXPECT_FALSE(look(*newer, one.token.reveal()).fresh) << "as good as it was";
  // Whoever is to write format 1 again takes format 2 out of the way, for the program before it.
  const Validation back = look(*older, two.token.reveal());
  ASSERT_TRUE(back.fresh);
  EXPECT_EQ(back.session->idle_expires_at, two.record.idle_expires_at);
  EXPECT_FALSE(look(*older, back.token->reveal()).fresh);
  EXPECT_EQ(state(*newer, back.token->reveal()), SessionState::active);
}

TEST_F(SealFormats, AHybridOfEitherFormatTellsTheVersionOfItsRow) {
  for (const std::uint32_t format : {1U, 2U}) {
    SessionsOptions options;
    options.seal_format = format;
    const auto sessions = node(Carrier::hybrid, std::move(options));
    const NewSession made = log_in(*sessions);
    const auto changed = sessions->update(made.record, R"({"a":1})", made.token.reveal());
    ASSERT_TRUE(changed && changed->token);
    const auto other = node(Carrier::hybrid);
    const Validation seen = look(*other, changed->token->reveal(), {.snapshot_ok = true});
    ASSERT_TRUE(seen.from_snapshot);
    EXPECT_EQ(seen.session->revision(), 2);
    EXPECT_EQ(seen.session->version, 2);
  }
}

TEST_F(SealFormats, AreOneOrTwo) {
  for (const std::uint32_t format : {0U, 3U}) {
    SessionsOptions options;
    options.seal_format = format;
    const auto opened = Sessions::open(*store_, std::move(options));
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, Errc::bad_config);
  }
}

}  // namespace
}  // namespace latchkey::testing
