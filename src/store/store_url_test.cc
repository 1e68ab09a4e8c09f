#include "store/store_url.h"

#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "latchkey/open_store.h"

namespace latchkey {
namespace {

std::string refusal_of(std::string_view text) {
  const Result<StoreUrl> parsed = parse_store_url(text);
  EXPECT_FALSE(parsed) << text;
  if (parsed) return {};
  EXPECT_EQ(parsed.error().code, Errc::bad_config) << text;
  return parsed.error().detail;
}

TEST(StoreUrl, NamesEngineAndTarget) {
  const std::vector<std::tuple<std::string_view, std::string_view, std::string_view, bool>> cases =
      {
          {"sqlite:a", "sqlite", "a", false},
          {"sqlite:/srv/a.db", "sqlite", "/srv/a.db", false},
          {"sqlite:a:b", "sqlite", "a:b", false},
          {"sqlite:redis", "sqlite", "redis", false},
          {"sqlite:///srv/a.db", "sqlite", "/srv/a.db", false},
          {"a.db", "sqlite", "a.db", false},
          {"A.SQLITE3", "sqlite", "A.SQLITE3", false},
          {"./a", "sqlite", "./a", false},
          {"./a:b.db", "sqlite", "./a:b.db", false},
          {"./a=b", "sqlite", "./a=b", false},
          {"data/a", "sqlite", "data/a", false},
          {"/srv/my data/a", "sqlite", "/srv/my data/a", false},
          {"memory:", "memory", "memory:", false},
          {"memory:tests", "memory", "memory:tests", false},
          {"redis://h", "redis", "redis://h", true},
          {"redis://:pa$word@h", "redis", "redis://:pa$word@h", true},
          {"rediss://h:1/2", "rediss", "rediss://h:1/2", true},
          {"redis+unix:///run/r.sock", "redis+unix", "redis+unix:///run/r.sock", true},
          {"redis+cluster://a:1,b:2", "redis+cluster", "redis+cluster://a:1,b:2", true},
          {"rediss+cluster://a", "rediss+cluster", "rediss+cluster://a", true},
          {"postgres:///app", "postgres", "postgres:///app", true},
          {"postgresql://u@h/app?a=b", "postgresql", "postgresql://u@h/app?a=b", true},
      };
  for (const auto& [text, scheme, target, remote] : cases) {
    const Result<StoreUrl> parsed = parse_store_url(text);
    ASSERT_TRUE(parsed) << text << ": " << parsed.error().detail;
    EXPECT_EQ(parsed->scheme, scheme) << text;
    EXPECT_EQ(parsed->scheme == "sqlite" ? parsed->rest() : parsed->url, target) << text;
    EXPECT_EQ(parsed->remote, remote) << text;
    EXPECT_EQ(store_scheme(text), scheme);
    EXPECT_EQ(is_remote_store(text), remote);
  }
}

// F8, N2: each of these was a new, empty SQLite file, or would be one under a looser rule.
TEST(StoreUrl, F8RefusesWhatIsNoStoreAndSaysWhatToWrite) {
  using namespace std::string_literals;
  const std::vector<std::pair<std::string, std::string_view>> cases = {
      {"", "empty"},
      {"  ", "empty"},
      {"\n", "empty"},
      {" redis://h", "blanks around"},
      {"redis://h\n", "blanks around"},
      {"a.db ", "blanks around"},
      {"/srv/a\tb.db", "control characters"},
      {"/srv/a.db\0x"s, "control characters"},
      {"'a.db'", "quotes"},
      {"\"redis://h\"", "quotes"},
      {"<STORE_URL>", "brackets"},
      {"redis", "redis://HOST"},
      {"Redis", "redis://HOST"},
      {"postgres", "postgres://HOST/DATABASE"},
      {"postgresql", "postgres://HOST/DATABASE"},
      {"memory", "memory:"},
      {"sqlite", "sqlite:sqlite"},
      {"sessions", "sqlite:sessions"},
      {"127.0.0.1", "redis://HOST"},
      {"db.example.com", "redis://HOST"},
      {"localhost", "redis://HOST"},
      {"127.0.0.1:6379", "HOST:PORT"},
      {"127.0.0.1:6379/0", "HOST:PORT"},
      {"[::1]:6379", "HOST:PORT"},
      {"localhost:6379", "HOST:PORT"},
      {"db:5432/app", "HOST:PORT"},
      {"app@db/app", "HOST:PORT"},
      {"$REDIS_URL", "not filled in"},
      {"${REDIS_URL}", "not filled in"},
      {"$(REDIS_URL)", "not filled in"},
      {"redis://${HOST}:6379", "not filled in"},
      {"%REDIS_URL%", "not filled in"},
      {"{{ .Values.store }}", "not filled in"},
      {"sqlite:$DB", "not filled in"},
      {"./data/$NAME.db", "not filled in"},
      {"undefined", "not set"},
      {"null", "not set"},
      {"NaN", "not set"},
      {"None", "not set"},
      {"[object Object]", "not set"},
      {"sqlite:undefined", "not set"},
      {"sqlite:null", "not set"},
      {"sqlite:[object Object]", "not set"},
      {"undefined/app.db", "not set"},
      {"sqlite:./data/undefined.db", "not set"},
      {"host=127.0.0.1 dbname=g1 password=hunter2", "NAME=VALUE"},
      {"host=/run/postgresql dbname=g1 password=hunter2", "NAME=VALUE"},
      {"dbname = g1", "NAME=VALUE"},
      {"REDIS_URL=redis://h", "NAME=VALUE"},
      {"REDIS://h", "lower case: redis:"},
      {"Postgres://h", "lower case: postgres:"},
      {"SQLITE:a.db", "lower case: sqlite:"},
      {"redis:h", "redis://HOST"},
      {"redis:/h", "redis://HOST"},
      {"postgresql:app", "postgresql://HOST"},
      {"mongodb://h", "\"mongodb\""},
      {"reddis://h", "did you mean redis:"},
      {"http://h", "\"http\""},
      {"file:dev.db", "sqlite:PATH"},
      {"file:///dev.db", "sqlite:PATH"},
      {"1redis://h", "known stands in front"},
      {"//redis:6379", "one /"},
      {"sqlite:", "sqlite:/srv/app.db"},
      {"sqlite://a.db", "without //"},
      {"sqlite:redis://h", "is a URL"},
      {":memory:", "memory:"},
      {"sqlite::memory:", "memory:"},
      {"memory://", "without slashes"},
      {"sqlite:a.db?mode=ro", "no parameters"},
      {"C:\\a.db", "Windows"},
      {"C:/a.db", "Windows"},
      {"data\\a.db", "with /"},
      {"sqlite:C:\\a.db", "with /"},
      {"~/a.db", "home directory"},
      {"/srv/data/", "a directory"},
      {"/", "a directory"},
      {".", "a directory"},
      {"..", "a directory"},
      {"sqlite:.", "a directory"},
      {"../", "a directory"},
      {".db", "redis://HOST"},
  };
  for (const auto& [text, cure] : cases) {
    const std::string refusal = refusal_of(text);
    EXPECT_NE(refusal.find(cure), std::string::npos) << text << ": " << refusal;
    EXPECT_EQ(refusal.find_first_of("\n\t"), std::string::npos) << text;
    EXPECT_LT(refusal.size(), 400U) << text;
    EXPECT_EQ(store_scheme(text), "");
    EXPECT_FALSE(is_remote_store(text));
  }
}

TEST(StoreUrl, F8NoRefusalRepeatsAPassword) {
  for (const char* text :
       {"mongodb://user:hunter2@db/a", "user:hunter2@db/a", "host=h password=hunter2",
        "REDIS://:hunter2@h", "redis:hunter2@h", "hunter2@h", "x=redis://:hunter2@h",
        "1redis://:hunter2@h", "'redis://:hunter2@h'", "${A}:hunter2@h",
        "sqlite:redis://:hunter2@h", " redis://:hunter2@h", "reddis://hunter2@h", "C:\\hunter2"}) {
    EXPECT_EQ(refusal_of(text).find("hunter2"), std::string::npos) << refusal_of(text);
  }
}

TEST(StoreUrl, IsDescribedByEngineAndPlaceWithoutThePassword) {
  EXPECT_EQ(describe_store("./a.db"), "sqlite:./a.db");
  EXPECT_EQ(describe_store("sqlite:a"), "sqlite:a");
  EXPECT_EQ(describe_store("memory:"), "memory:");
  EXPECT_EQ(describe_store("redis://u:sek/ret@h:6379/0"), "redis://u:********@h:6379/0");
  EXPECT_EQ(describe_store("postgres:///app?password=x&user=u"),
            "postgres:///app?password=********&user=u");
}

TEST(WithoutPassword, HidesItUpToTheLastAt) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"redis://user:hunter2@host:6379/0?x=1", "redis://user:********@host:6379/0?x=1"},
      {"redis://:hunter2@host", "redis://:********@host"},
      {"redis://:a@b@host", "redis://:********@host"},
      {"redis://:sek/ret@h:6379/0", "redis://:********@h:6379/0"},
      {"redis://:sek?ret@h:6379", "redis://:********@h:6379"},
      {"redis://:12?ret@h:6379", "redis://:********@h:6379"},
      {"rediss://u:sek:r/e?t#@x@h", "rediss://u:********@h"},
      {"postgres://u:sek#ret@h/db", "postgres://u:********@h/db"},
      {"postgres://u:%40%2Fsek@h/db", "postgres://u:********@h/db"},
      {"postgres://u:sek@[::1]:5432/db", "postgres://u:********@[::1]:5432/db"},
      {"postgres://u:sek@%2Frun%2Fpg/db", "postgres://u:********@%2Frun%2Fpg/db"},
      {"redis+unix://:sek/ret@/run/r.sock", "redis+unix://:********@/run/r.sock"},
      {"redis+cluster://:sek@a:1,b:2", "redis+cluster://:********@a:1,b:2"},
      {"REDIS://:sek@h", "REDIS://:********@h"},
      {"redis:sek@h", "redis:********@h"},
      {"user:sek/ret@h/db", "user:********@h/db"},
      {"sqlite:redis://:sek@h", "sqlite:redis://:********@h"},
      {"redis://:sekret", "redis://:********"},
      {"redis://u:12/sek", "redis://u:12/sek"},  // HOST:PORT/DATABASE
      {"redis://u:sek/ret", "redis://u:********"},
  };
  for (const auto& [url, shown] : cases) {
    EXPECT_EQ(without_password(url), shown);
    EXPECT_EQ(without_password(shown), shown) << "shown twice";
  }
}

TEST(WithoutPassword, HidesParametersThatAreSecrets) {
  const std::vector<std::pair<std::string_view, std::string_view>> cases = {
      {"postgres:///app?host=/run&password=hunter2&user=u",
       "postgres:///app?host=/run&password=********&user=u"},
      {"postgres:///a?sslpassword=one&password=two&schema=s",
       "postgres:///a?sslpassword=********&password=********&schema=s"},
      {"postgres:///a?listen=postgres%3A%2F%2Fann%3Ahunter2%40h&pool=2",
       "postgres:///a?listen=********&pool=2"},
      {"postgres:///a?p%61ssword=two", "postgres:///a?p%61ssword=********"},
      {"postgres:///a?PASSWORD=two", "postgres:///a?PASSWORD=********"},
      {"postgres:///a?password=t&wo&user=u", "postgres:///a?password=********&user=u"},
      {"postgres:///a?password=t#wo", "postgres:///a?password=********"},
      {"postgres:///a?sslkey=/k/one&sslcert=/c", "postgres:///a?sslkey=********&sslcert=/c"},
      {"redis://h?password_file=/run/p", "redis://h?password_file=/run/p"},
      {"redis://h?password=a@b", "redis://h?password=********"},
      {"host=h password=hunter2 dbname=d", "host=h password=********"},
      {"host=h password = 'hun ter2' dbname=d", "host=h password =********"},
      {"password=hunter2", "password=********"},
  };
  for (const auto& [url, shown] : cases) EXPECT_EQ(without_password(url), shown);
}

TEST(WithoutPassword, LeavesWhatHoldsNone) {
  for (const char* plain :
       {"", "a/b.db", "sqlite:a@b:c", "/srv/a@b.db", "memory:", "redis://user@host:6379",
        "redis://host:6379/0?prefix=a", "redis+cluster://a:1,b:2", "redis://[::1]:6379/0",
        "redis+unix:///run/r.sock", "postgres://u@%2Frun%2Fpg/db",
        "postgres://h/db?sslmode=require", "redis://:@h", "redis", "undefined"}) {
    EXPECT_EQ(without_password(plain), plain);
  }
}

}  // namespace
}  // namespace latchkey
