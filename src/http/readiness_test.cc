#include "http/readiness.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

constexpr Millis kDown = ProbeRecord::kDownAfter;
constexpr Millis kUp = ProbeRecord::kUpAfter;

// Probe makes probes that take no time.
struct Probe {
  void fail(Millis now, Errc why = Errc::store_unavailable) {
    record.begin(now);
    record.end(now, why);
  }
  void succeed(Millis now) {
    record.begin(now);
    record.end(now, std::nullopt);
  }
  ProbeRecord record;
};

TEST(ProbeRecord, IsUpBeforeAnythingFailed) {
  ProbeRecord record;
  EXPECT_FALSE(record.cause(Millis{1'000'000}));
}

TEST(ProbeRecord, F16AStallShorterThanTheThresholdIsNotTold) {
  Probe probe;
  for (Millis now{0}; now < kDown; now += Millis{250}) {
    probe.fail(now);
    EXPECT_FALSE(probe.record.cause(now));
  }
  EXPECT_FALSE(probe.record.cause(kDown - Millis{1}));
  probe.succeed(kDown - Millis{1});
  EXPECT_FALSE(probe.record.cause(kDown * 10)) << "the series was broken";
}

TEST(ProbeRecord, F16FailingForTheThresholdIsDownWithTheLastCause) {
  Probe probe;
  probe.fail(Millis{0});
  probe.fail(Millis{500}, Errc::store_read_only);
  EXPECT_FALSE(probe.record.cause(kDown - Millis{1}));
  EXPECT_EQ(probe.record.cause(kDown), Errc::store_read_only);
}

TEST(ProbeRecord, F16AProbeWithoutAnAnswerIsDownAfterTheThreshold) {
  ProbeRecord record;
  record.begin(Millis{100});
  EXPECT_FALSE(record.cause(kDown + Millis{99}));
  EXPECT_EQ(record.cause(kDown + Millis{100}), Errc::store_unavailable);
}

TEST(ProbeRecord, F16ComesBackAfterSucceedingForAWhileNotAtOnce) {
  Probe probe;
  probe.fail(Millis{0});
  probe.fail(kDown);
  ASSERT_TRUE(probe.record.cause(kDown));
  probe.succeed(kDown + Millis{1});
  EXPECT_TRUE(probe.record.cause(kDown + Millis{1}));
  probe.succeed(kDown + kUp);
  EXPECT_TRUE(probe.record.cause(kDown + kUp)) << "one short of it";
  probe.succeed(kDown + kUp + Millis{1});
  EXPECT_FALSE(probe.record.cause(kDown + kUp + Millis{1}));
}

TEST(ProbeRecord, F16AFailureWhileComingBackStartsTheWaitAgain) {
  Probe probe;
  probe.fail(Millis{0});
  probe.fail(kDown);
  probe.succeed(kDown + Millis{1});
  probe.fail(kDown + Millis{500});
  probe.succeed(kDown + kUp + Millis{1});
  EXPECT_TRUE(probe.record.cause(kDown + kUp + Millis{1}));
  probe.succeed(kDown + 2 * kUp + Millis{1});
  EXPECT_FALSE(probe.record.cause(kDown + 2 * kUp + Millis{1}));
}

TEST(ProbeRecord, F16ASuccessThatTookTooLongIsADownAnyhow) {
  ProbeRecord record;
  record.begin(Millis{0});
  record.end(kDown, std::nullopt);
  EXPECT_TRUE(record.cause(kDown));
}

}  // namespace
}  // namespace latchkey::http
