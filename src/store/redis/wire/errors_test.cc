#include "store/redis/wire/errors.h"

#include <gtest/gtest.h>

namespace latchkey::redis {
namespace {

Reply error(std::string text) { return {.kind = Reply::Kind::error, .text = std::move(text)}; }

TEST(RedisErrors, SayWhatAnOperatorCanDo) {
  EXPECT_EQ(to_error(error("OOM command not allowed")).code, Errc::store_read_only);
  EXPECT_EQ(to_error(error("MISCONF Redis is configured")).code, Errc::store_read_only);
  EXPECT_EQ(to_error(error("READONLY You can't write")).code, Errc::store_read_only);
  EXPECT_EQ(to_error(error("LATCHKEYLOST x")).code, Errc::store_mismatch);
  EXPECT_EQ(to_error(error("WRONGTYPE x")).code, Errc::store_damaged);
  EXPECT_EQ(to_error(error("BUSY x")).code, Errc::store_busy);
  for (const char* denied :
       {"NOPERM x", "ERR The user executing the script can't run this command",
        "ERR ACL failure in script: User app has no permissions to run 'set'"}) {
    EXPECT_NE(to_error(error(denied)).detail.find("ACL user"), std::string::npos) << denied;
  }
}

TEST(RedisErrors, NeverRepeatWhatTheEngineSays) {
  const Error unknown = to_error(error("ERR wrong value 'lk1_secret'"));
  EXPECT_EQ(unknown.code, Errc::store_unavailable);
  EXPECT_EQ(unknown.detail, "Redis refused a command: ERR");
}

TEST(RedisErrors, F7TellARefusalFromAnAbsence) {
  for (const char* refused :
       {"WRONGPASS invalid username-password pair", "NOAUTH Authentication required.",
        "NOPERM User app has no permissions", "ERR DB index is out of range"}) {
    EXPECT_TRUE(is_refusal(to_error(error(refused)).detail)) << refused;
  }
  for (const char* detail : {"this Redis is a replica: connect to its primary",
                             "Redis cannot be reached: what answers there does not speak RESP3",
                             "Redis cannot be reached: certificate verify failed (SSL routines)"}) {
    EXPECT_TRUE(is_refusal(detail)) << detail;
  }
  for (const char* passes :
       {"LOADING Redis is loading", "CLUSTERDOWN x", "MASTERDOWN x", "BUSY x"}) {
    EXPECT_FALSE(is_refusal(to_error(error(passes)).detail)) << passes;
  }
  for (const char* detail : {"Redis cannot be reached: Connection refused",
                             "Redis cannot be reached: Host not found (authoritative)",
                             "Redis did not answer in time: is it overloaded?"}) {
    EXPECT_FALSE(is_refusal(detail)) << detail;
  }
}

TEST(RedisErrors, TellWhatPassesFromWhatDoesNot) {
  for (const char* passing : {"TRYAGAIN x", "CLUSTERDOWN x", "LOADING x", "MASTERDOWN x",
                              "ERR Script attempted to access a non local key in a cluster"}) {
    EXPECT_TRUE(is_passing(error(passing))) << passing;
  }
  EXPECT_FALSE(is_passing(error("OOM x")));
  EXPECT_FALSE(is_passing({.kind = Reply::Kind::text, .text = "TRYAGAIN"}));
  EXPECT_TRUE(is_redirect(error("MOVED 1 h:1")));
  EXPECT_TRUE(is_redirect(error("ASK 1 h:1")));
  EXPECT_FALSE(is_redirect(error("MOVEDX 1 h:1")));
}

}  // namespace
}  // namespace latchkey::redis
