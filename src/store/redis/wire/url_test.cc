#include <gtest/gtest.h>

#include <fstream>

#include "latchkey/redis.h"
#include "tests/support/temp_directory.h"

namespace latchkey {
namespace {

RedisOptions parse(std::string_view url) {
  const Result<RedisOptions> options = parse_redis_url(url);
  EXPECT_TRUE(options) << url;
  return options ? *options : RedisOptions{};
}

TEST(RedisUrl, NamesHostPortAndDatabase) {
  const RedisOptions plain = parse("redis://db.example");
  EXPECT_EQ(plain.addresses, (std::vector<RedisAddress>{{.host = "db.example", .port = 6379}}));
  EXPECT_FALSE(plain.tls || plain.cluster);
  EXPECT_TRUE(plain.password.empty());
  const RedisOptions full = parse("rediss://app:p%40ss%3A@10.0.0.7:7000/3?prefix=shop:");
  EXPECT_EQ(full.addresses, (std::vector<RedisAddress>{{.host = "10.0.0.7", .port = 7000}}));
  EXPECT_EQ(full.database, 3U);
  EXPECT_EQ(full.user, "app");
  EXPECT_EQ(full.password, "p@ss:");
  EXPECT_EQ(full.prefix, "shop:");
  EXPECT_TRUE(full.tls);
  EXPECT_EQ(parse("redis://:only@h/").password, "only");
  EXPECT_EQ(parse("redis://[::1]:6380").addresses,
            (std::vector<RedisAddress>{{.host = "::1", .port = 6380}}));
  EXPECT_EQ(parse("redis://h:1").addresses[0].port, 1);
  EXPECT_EQ(parse("redis://h:65535").addresses[0].port, 65535);
  EXPECT_EQ(parse("redis://u:p@q@h").password, "p@q") << "the last @ ends it";
  EXPECT_EQ(parse("redis://u:p:q@h").password, "p:q") << "the first : begins it";
  EXPECT_EQ(parse("redis://h/?db=3&prefix=a%3Ab").prefix, "a:b");
  EXPECT_EQ(parse("redis://h/?prefix=a&db=3").database, 3U);
  EXPECT_EQ(parse("redis://h%2De").addresses[0].host, "h-e");
}

TEST(RedisUrl, NamesASocket) {
  const RedisOptions options = parse("redis+unix://u:p@/run/redis/a%20b.sock?db=2");
  EXPECT_EQ(options.addresses, (std::vector<RedisAddress>{{.path = "/run/redis/a b.sock"}}));
  EXPECT_EQ(options.database, 2U);
  EXPECT_EQ(options.user, "u");
  EXPECT_FALSE(options.tls || options.cluster);
  EXPECT_EQ(parse("redis+unix:///s").addresses[0].path, "/s");
}

TEST(RedisUrl, NamesTheSeedsOfACluster) {
  const RedisOptions options = parse("rediss+cluster://a:7000,b,c:7002?ca_file=/etc/ca.pem");
  EXPECT_TRUE(options.cluster && options.tls);
  ASSERT_EQ(options.addresses.size(), 3U);
  EXPECT_EQ(options.addresses[1].port, 6379);
  EXPECT_EQ(options.addresses[2].port, 7002);
  EXPECT_EQ(options.ca_file, "/etc/ca.pem");
  EXPECT_FALSE(parse("redis+cluster://a").tls);
  EXPECT_TRUE(parse("redis+cluster://a,b").cluster);
}

TEST(RedisUrl, ReadsThePasswordFromAFile) {
  const testing::TempDirectory directory;
  const std::string path = directory.path() + "/password";
  std::ofstream(path) << "from file\r\n";
  EXPECT_EQ(parse("redis://app@h?password_file=" + path).password, "from file");
  EXPECT_FALSE(parse_redis_url("redis://h?password_file=" + path + ".missing"));
  std::ofstream(path) << "\nsecond line";
  EXPECT_FALSE(parse_redis_url("redis://h?password_file=" + path)) << "the first line counts";
  std::ofstream(path) << "\r\n";
  EXPECT_FALSE(parse_redis_url("redis://h?password_file=" + path));
}

TEST(RedisUrl, F4ReadsThePasswordAgainForEachConnection) {
  const testing::TempDirectory directory;
  const std::string path = directory.path() + "/password";
  std::ofstream(path) << "first\nof two lines";
  const RedisOptions options = parse("redis://app@h?password_file=" + path);
  std::ofstream(path) << "second";
  ASSERT_TRUE(options.login_source);
  const Result<RedisLogin> login = options.login_source();
  ASSERT_TRUE(login);
  EXPECT_EQ(login->user, "app");
  EXPECT_EQ(login->password, "second");
  std::ofstream(path).flush();
  EXPECT_FALSE(options.login_source());
}

TEST(RedisUrl, RefusesWhatItCannotUseWithoutRepeatingIt) {
  for (const char* bad : {"redis:",
                          "redis://",
                          "redis:///3",
                          "redis://h:0",
                          "redis://h:65536",
                          "redis://h:x",
                          "redis://h/x",
                          "redis://a,b",
                          "redis://[::1",
                          "redis://u:%zz@h",
                          "redis://h?nope=1",
                          "redis://h?db=x",
                          "redis+unix://",
                          "redis+unix://host/path",
                          "redis+cluster://a,,b",
                          "http://u:secret@h",
                          "redis://u:secret@h:x",
                          "redis://user@h",
                          "redis://[]:1",
                          "redis://h%zz",
                          "redis://%zz:p@h",
                          "redis://h?prefix=%zz",
                          "redis://h?db",
                          "redis+unix:///",
                          "redis+unix:///%zz",
                          "redis://h:1x",
                          "redis://[::1]x",
                          "redis"}) {
    const Result<RedisOptions> options = parse_redis_url(bad);
    ASSERT_FALSE(options) << bad;
    EXPECT_EQ(options.error().code, Errc::bad_config);
    EXPECT_EQ(options.error().detail.find("secret"), std::string::npos);
  }
}

}  // namespace
}  // namespace latchkey
