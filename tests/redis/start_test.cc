// What would fail later is found when a store is opened, with what to do about it (F18, O).
#include <gtest/gtest.h>

#include <fstream>

#include "base/log.h"
#include "base/mutex.h"
#include "latchkey/testing/store_fixture.h"
#include "tests/redis/certificate.h"
#include "tests/redis/proxy.h"
#include "tests/redis/server.h"
#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

Mutex g_mutex;
std::string g_logged LATCHKEY_GUARDED_BY(g_mutex);

void keep_log(LogLevel level, std::string_view event, std::initializer_list<LogField>) {
  const MutexLock lock(g_mutex);
  if (level == LogLevel::warn) g_logged.append(event).append("\n");
}

// Logged holds the warnings of a test.
class Logged {
 public:
  Logged() {
    const MutexLock lock(g_mutex);
    g_logged.clear();
    set_log_sink(keep_log);
  }
  ~Logged() { set_log_sink(nullptr); }
  Logged(const Logged&) = delete;
  Logged& operator=(const Logged&) = delete;
  static bool names(const std::string& event) {
    const MutexLock lock(g_mutex);
    return g_logged.find(event) != std::string::npos;
  }
};

Error open_error(const RedisOptions& options) {
  const auto store = open_redis(options);
  EXPECT_FALSE(store) << "it was opened";
  return store ? Error{Errc::conflict} : store.error();
}

void expect_named(const Error& error, const std::string& text) {
  EXPECT_NE(error.detail.find(text), std::string::npos) << error.detail;
}

RedisOptions at_port(std::uint16_t port) {
  RedisOptions options;
  options.addresses.push_back({.host = "127.0.0.1", .port = port});
  return options;
}

TEST(RedisStart, F18ACommandThatWasRenamedIsNamed) {
  for (const char* command : {"EVALSHA", "EVAL", "SCAN", "HELLO", "CLIENT"}) {
    const RedisServer server({"--rename-command", command, ""});
    const Error error = open_error(server.options());
    EXPECT_EQ(error.code, Errc::bad_config) << command << ": " << error.detail;
    expect_named(error, command);
    expect_named(error, "rename-command");
  }
}

TEST(RedisStart, F18ACommandThatScriptsMissIsFound) {
  for (const char* command : {"SET", "DEL", "MGET", "ZADD", "ZRANDMEMBER"}) {
    const RedisServer server({"--rename-command", command, ""});
    const Error error = open_error(server.options());
    EXPECT_EQ(error.code, Errc::bad_config) << command << ": " << error.detail;
    expect_named(error, "rename-command");
  }
}

TEST(RedisStart, F18AnAclThatForbidsSomethingIsFound) {
  const RedisServer server;
  ASSERT_TRUE(open_redis(server.options())) << "the store is there, and its scripts known";
  RedisOptions options = server.options();
  options.user = "app";
  options.password = "secret";
  for (const char* forbidden :
       {"-evalsha", "-eval", "-@scripting", "-@write", "-zadd", "-scan", "-time", "-mget"}) {
    server.ask({"ACL", "SETUSER", "app", "reset", "on", ">secret", "~lk:*", "+@all", forbidden});
    const Error error = open_error(options);
    EXPECT_EQ(error.code, Errc::store_read_only) << forbidden << ": " << error.detail;
    expect_named(error, "ACL user");
  }
  server.ask({"ACL", "SETUSER", "app", "reset", "on", ">secret", "~other:*", "+@all"});
  expect_named(open_error(options), "ACL user");
  server.ask({"ACL", "SETUSER", "app", "reset", "on", ">secret", "%R~lk:*", "+@all"});
  expect_named(open_error(options), "ACL user");
  options.read_only = true;
  EXPECT_TRUE(open_redis(options)) << "it may be copied from";
}

TEST(RedisStart, F18TheProbeLeavesNothingBehind) {
  const RedisServer server;
  ASSERT_TRUE(open_redis(server.options()));
  const std::int64_t before = server.ask({"DBSIZE"}).integer;
  ASSERT_TRUE(open_redis(server.options()));
  EXPECT_EQ(server.ask({"DBSIZE"}).integer, before);
  EXPECT_EQ(server.ask({"EXISTS", "lk:meta-probe"}).integer, 0);
}

TEST(RedisStart, F18AFullEngineIsOpenedAndToldOf) {
  const RedisServer server;
  ASSERT_TRUE(open_redis(server.options()));
  server.ask({"CONFIG", "SET", "min-replicas-to-write", "1"});
  const Logged logged;
  EXPECT_TRUE(open_redis(server.options())) << "sessions can be read, and this passes";
  EXPECT_TRUE(logged.names("store_refuses_writes"));
}

TEST(RedisStart, OEvictionAndNoPersistenceAreToldOf) {
  const RedisServer server;
  {
    const Logged logged;
    ASSERT_TRUE(open_redis(server.options()));
    EXPECT_FALSE(logged.names("redis_evicts"));
    EXPECT_TRUE(logged.names("redis_not_persistent"));
  }
  for (const char* policy : {"allkeys-lru", "allkeys-random", "volatile-ttl", "volatile-lfu"}) {
    server.ask({"CONFIG", "SET", "maxmemory-policy", policy});
    const Logged logged;
    ASSERT_TRUE(open_redis(server.options()));
    EXPECT_TRUE(logged.names("redis_evicts")) << policy;
  }
  server.ask({"CONFIG", "SET", "maxmemory-policy", "noeviction"});
  for (const auto& [name, on, off] :
       {std::array{"appendonly", "yes", "no"}, std::array{"save", "3600 1", ""}}) {
    server.ask({"CONFIG", "SET", name, on});
    const Logged logged;
    ASSERT_TRUE(open_redis(server.options()));
    EXPECT_FALSE(logged.names("redis_not_persistent")) << name;
    EXPECT_FALSE(logged.names("redis_evicts"));
    server.ask({"CONFIG", "SET", name, off});
  }
}

TEST(RedisStart, OAUserThatMayNotReadTheSettingsIsNotBothered) {
  const RedisServer server;
  server.ask({"CONFIG", "SET", "maxmemory-policy", "allkeys-lru"});
  server.ask({"ACL", "SETUSER", "app", "on", ">secret", "~lk:*", "+@all", "-@dangerous"});
  RedisOptions options = server.options();
  options.user = "app";
  options.password = "secret";
  const Logged logged;
  EXPECT_TRUE(open_redis(options));
  EXPECT_FALSE(logged.names("redis_"));
}

TEST(RedisStart, OTlsToAPlainPortAndPlainTextToATlsPortSayWhichIsWrong) {
  const Certificate certificate;
  const std::uint16_t tls_port = free_port();
  const RedisServer server(certificate.flags(tls_port));
  RedisOptions tls = server.tcp_options();
  tls.tls = true;
  tls.ca_file = certificate.file();
  tls.connect_timeout = Millis{1000};
  for (int i = 0; i < 4; ++i) {  // how Redis takes it depends on random octets of the greeting
    expect_named(open_error(tls), "redis://");
  }
  RedisOptions plain = at_port(tls_port);
  plain.connect_timeout = Millis{1000};
  expect_named(open_error(plain), "rediss://");
}

TEST(RedisStart, OWhoeverTakesTheConnectionAndIsSilentIsNoRedis) {
  const RedisServer server;
  Proxy proxy(server.port());
  proxy.set_black_hole(true);
  RedisOptions options = at_port(proxy.port());
  options.write_timeout = Millis{300};  // before the time for a connection is over
  expect_named(open_error(options), "is that the port of Redis?");
  options.tls = true;
  expect_named(open_error(options), "does this port speak TLS?");
}

TEST(RedisStart, OOutOfConnectionsSaysSo) {
  const RedisServer server({"--maxclients", "1"});
  const auto store = open_redis(server.options());  // takes the only one
  ASSERT_TRUE(store) << store.error().detail;
  expect_named(open_error(server.options()), "maxclients");
}

TEST(RedisStart, OAMissingDatabaseSaysSo) {
  const RedisServer server({"--databases", "2"});
  RedisOptions options = server.options();
  options.database = 7;
  const Error error = open_error(options);
  EXPECT_EQ(error.code, Errc::bad_config);
  expect_named(error, "databases");
}

// The store of before is there, and reading its file takes longer than the deadline.
TEST(RedisStart, OAnEngineThatLoadsItsDataIsNotCalledOverloaded) {
  RedisServer server({"--save", "3600 1", "--enable-debug-command", "yes", "--key-load-delay",
                      "2000", "--loading-process-events-interval-bytes", "1024"});
  ASSERT_TRUE(open_redis(server.options()));
  server.ask({"DEBUG", "POPULATE", "4000"});
  server.ask({"SAVE"});
  server.kill();
  ASSERT_TRUE(server.start(false));
  RedisOptions options = server.options();
  options.write_timeout = options.read_timeout = Millis{700};
  const Error error = open_error(options);
  EXPECT_EQ(error.code, Errc::store_unavailable);
  expect_named(error, "loading");
}

}  // namespace
}  // namespace latchkey::testing
