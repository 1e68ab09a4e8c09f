#include "store/redis/errors.h"

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
