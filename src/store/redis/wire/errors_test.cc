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

// What each error of the engine means, and a word of what an operator reads.
TEST(RedisErrors, EachFirstWordHasItsMeaning) {
  const struct {
    const char* text;
    Errc code;
    const char* says;
  } cases[] = {
      {"OOM x", Errc::store_read_only, "raise maxmemory"},
      {"READONLY x", Errc::store_read_only, "connect to its primary"},
      {"MISCONF x", Errc::store_read_only, "cannot save to its disk"},
      {"NOREPLICAS x", Errc::store_read_only, "min-replicas-to-write"},
      {"NOPERM x", Errc::store_read_only, "ACL user"},
      {"NOAUTH x", Errc::store_unavailable, "wants a password"},
      {"WRONGPASS x", Errc::store_unavailable, "refuses the user or the password"},
      {"DENIED x", Errc::store_unavailable, "protected mode"},
      {"LOADING x", Errc::store_unavailable, "loading its data"},
      {"CLUSTERDOWN x", Errc::store_unavailable, "does not serve all slots"},
      {"TRYAGAIN x", Errc::store_busy, "is moving this slot"},
      {"ERR Script attempted to access a non local key in a cluster node", Errc::store_busy,
       "is moving this slot"},
      {"MASTERDOWN x", Errc::store_unavailable, "lost its primary"},
      {"NOPROTO x", Errc::bad_config, "does not speak RESP3"},
      {"ERR max number of clients reached", Errc::store_unavailable, "raise maxclients"},
      {"ERR max number of clients + cluster connections reached", Errc::store_unavailable,
       "raise maxclients"},
      {"ERR DB index is out of range", Errc::bad_config, "raise `databases`"},
      {"ERR SELECT is not allowed in cluster mode", Errc::bad_config, "only database 0"},
      {"ERR Unknown Redis command called from script", Errc::bad_config, "rename-command"},
  };
  for (const auto& [text, code, says] : cases) {
    EXPECT_EQ(to_error(error(text)).code, code) << text;
    EXPECT_NE(to_error(error(text)).detail.find(says), std::string::npos) << text;
  }
}

TEST(RedisErrors, ACommandThatIsNotOfferedIsNamedUnlessItIsNoName) {
  const auto told = [](const std::string& name) {
    const Error unknown = to_error(error("ERR unknown command '" + name + "', with args: 'x'"));
    EXPECT_EQ(unknown.code, Errc::bad_config);
    return unknown.detail.substr(0, unknown.detail.find(':'));
  };
  EXPECT_EQ(told("EVALSHA"), "Redis does not offer EVALSHA");
  EXPECT_EQ(told(std::string(19, 'a')), "Redis does not offer " + std::string(19, 'a'));
  EXPECT_EQ(told(std::string(20, 'a')), "Redis does not offer a command");
  EXPECT_EQ(to_error(error("ERR unknown command")).detail.substr(0, 30),
            "Redis does not offer a command");
}

TEST(RedisErrors, OnlyWhatAFullOrLonelyServerSaysPassesByItself) {
  for (const char* passing : {"OOM x", "MISCONF x", "NOREPLICAS x"}) {
    EXPECT_TRUE(refuses_writes_for_now(to_error(error(passing)))) << passing;
  }
  for (const char* lasting : {"READONLY x", "NOPERM x", "LOADING x"}) {
    EXPECT_FALSE(refuses_writes_for_now(to_error(error(lasting)))) << lasting;
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
        "NOPERM User app has no permissions", "ERR DB index is out of range",
        "ERR SELECT is not allowed in cluster mode", "NOPROTO unsupported protocol version",
        "ERR something else"}) {
    EXPECT_TRUE(is_refusal(to_error(error(refused)).detail)) << refused;
  }
  for (const char* detail : {"this Redis is a replica: connect to its primary",
                             "Redis cannot be reached: what answers there does not speak RESP3",
                             "Redis cannot be reached: certificate verify failed (SSL routines)",
                             "Redis cannot be reached: no TLS came about",
                             "Redis cannot be reached: wrong version number (SSL routines)",
                             "Redis cannot be reached: this port speaks TLS: use rediss://"}) {
    EXPECT_TRUE(is_refusal(detail)) << detail;
  }
  for (const char* passes : {"LOADING Redis is loading", "CLUSTERDOWN x", "MASTERDOWN x", "BUSY x",
                             "OOM x", "ERR max number of clients reached"}) {
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
  for (const char* moving : {"TRYAGAIN x", "ERR Script attempted to access a non local key"}) {
    EXPECT_TRUE(is_moving(error(moving))) << moving;
  }
  for (const char* still : {"CLUSTERDOWN x", "LOADING x"}) EXPECT_FALSE(is_moving(error(still)));
  EXPECT_FALSE(is_moving(
      {.kind = Reply::Kind::text, .text = "ERR Script attempted to access a non local key"}));
  EXPECT_FALSE(is_passing(error("OOM x")));
  EXPECT_FALSE(is_passing({.kind = Reply::Kind::text, .text = "TRYAGAIN"}));
  EXPECT_TRUE(is_redirect(error("MOVED 1 h:1")));
  EXPECT_TRUE(is_redirect(error("ASK 1 h:1")));
  EXPECT_FALSE(is_redirect(error("MOVEDX 1 h:1")));
}

}  // namespace
}  // namespace latchkey::redis
