#include "crypto/hash_meter.h"

#include <gtest/gtest.h>

namespace latchkey::crypto {
namespace {

TEST(HashMeter, R90ARefusalIsMadeAsDearAsOurHash) {
  HashMeter meter;
  meter.note({HashFamily::argon2, 1000}, 1);
  EXPECT_EQ(meter.rest({HashFamily::argon2, 1000}, 1000), 0U);
  EXPECT_EQ(meter.rest({HashFamily::argon2, 400}, 1000), 600U);
  EXPECT_EQ(meter.rest({HashFamily::argon2, 400}, 1000, 2), 1600U);
  meter.note({HashFamily::bcrypt, 16}, 0.25);
  EXPECT_EQ(meter.rest({HashFamily::bcrypt, 16}, 1000), 750U);
}

TEST(HashMeter, R90ARefusalIsMadeAsDearAsTheDearestHashOfAnyKind) {
  HashMeter meter;
  meter.note({HashFamily::argon2, 1000}, 1);
  meter.note({HashFamily::scrypt, 64}, 4);
  meter.note({HashFamily::pbkdf2_sha256, 10}, 2);
  EXPECT_EQ(meter.rest({HashFamily::argon2, 1000}, 1000), 3000U) << "nobody of this name";
  EXPECT_EQ(meter.rest({HashFamily::scrypt, 64}, 1000), 0U);
  EXPECT_EQ(meter.rest({HashFamily::scrypt, 32}, 1000), 2000U);
  EXPECT_EQ(meter.rest({HashFamily::pbkdf2_sha256, 10}, 1000), 2000U);
}

TEST(HashMeter, OneAbsurdHashDoesNotMakeEveryRefusalAbsurd) {
  HashMeter meter;
  meter.note({HashFamily::argon2, 100 * kMostRest}, 1);
  EXPECT_EQ(meter.rest({HashFamily::argon2, 0}, 1000), kMostRest);
  EXPECT_EQ(meter.rest({HashFamily::argon2, 0}, 2 * kMostRest), 2 * kMostRest) << "but our own";
}

TEST(HashMeter, FollowsTheMachineAndForgetsAnOutlier) {
  HashMeter meter;
  meter.note({HashFamily::argon2, 1000}, 1);
  meter.note({HashFamily::bcrypt, 16}, 8);
  for (int i = 0; i < 100; ++i) meter.note({HashFamily::bcrypt, 16}, 2);
  EXPECT_NEAR(double(meter.rest({HashFamily::argon2, 0}, 1000)), 2000, 2);
}

TEST(Stopwatch, TakesTheTimeOfTheThreadOrOfTheClock) {
  for (const bool several : {false, true}) {
    const Stopwatch watch(several);
    double last = watch.seconds();
    while (watch.seconds() == last) last = watch.seconds();
    EXPECT_GT(watch.seconds(), 0);
  }
}

}  // namespace
}  // namespace latchkey::crypto
