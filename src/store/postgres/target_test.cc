#include "store/postgres/target.h"

#include <gtest/gtest.h>

namespace latchkey::postgres {
namespace {

Target parsed(std::string_view url) {
  Result<Target> target = parse_target(url);
  EXPECT_TRUE(target) << url << ": " << (target ? "" : target.error().detail);
  return target ? *std::move(target) : Target{};
}

std::string keyword(const Target& target, std::string_view name) {
  for (const auto& [keyword, value] : target.keywords) {
    if (keyword == name) return value;
  }
  return "(none)";
}

TEST(PostgresTarget, TakesItsOwnParametersOutOfTheUrl) {
  const Target target = parsed(
      "postgres://ann:pw@/app?schema=my%20own&prepare=off&connect_timeout=3&pool=5"
      "&host=/run/db&listen=postgres%3A%2F%2F%2Fapp%3Fhost%3D%2Frun%2Fdirect");
  EXPECT_EQ(target.schema, "my own");
  EXPECT_FALSE(target.prepare);
  EXPECT_EQ(target.pool, 5U);
  EXPECT_EQ(target.listen, "postgres:///app?host=/run/direct");
  EXPECT_EQ(keyword(target, "user"), "ann");
  EXPECT_EQ(keyword(target, "password"), "pw");
  EXPECT_EQ(keyword(target, "dbname"), "app");
  EXPECT_EQ(keyword(target, "host"), "/run/db");
  EXPECT_EQ(keyword(target, "connect_timeout"), "3");
}

TEST(PostgresTarget, ARemoteServerMustProveWhoItIs) {
  EXPECT_EQ(keyword(parsed("postgres://db.example/app"), "sslmode"), "verify-full");
  EXPECT_EQ(keyword(parsed("postgres://10.0.0.7/app"), "sslmode"), "verify-full");
  EXPECT_EQ(keyword(parsed("postgres:///app?hostaddr=10.0.0.7"), "sslmode"), "verify-full");
  EXPECT_EQ(keyword(parsed("postgres://localhost,db.example/app"), "sslmode"), "verify-full");
  EXPECT_EQ(keyword(parsed("postgres:///app"), "sslmode"), "disable");
  EXPECT_EQ(keyword(parsed("postgres://localhost:5433/app"), "sslmode"), "disable");
  EXPECT_EQ(keyword(parsed("postgres://%2Frun%2Fdb/app"), "sslmode"), "disable");
  EXPECT_EQ(keyword(parsed("postgres://db.example/app?sslmode=require"), "sslmode"), "require");
  for (const char* mode : {"prefer", "allow"}) {
    EXPECT_EQ(parse_target(std::string("postgres://db.example/app?sslmode=") + mode).error().code,
              Errc::bad_config);
  }
}

TEST(PostgresTarget, RefusesWhatItCannotReadAndNeverRepeatsIt) {
  for (const char* url :
       {"mysql://ann:hunter2@h/app", "postgres://ann:hunter2@h/app?schema=", "postgres:",
        "postgres://ann:hunter2@h/app?prepare=maybe", "postgres://ann:hunter2@h/app?pool=0",
        "postgres://ann:hunter2@h/app?pool=257", "postgres://ann:hunter2@h/app?pool=5x",
        "postgres://ann:hunter2@h/app?schema=%zz", "postgres://ann:hunter2@h/app?schema=%00",
        "postgres://ann:hunter2@h/app?nonsense=1", "postgres://ann:hunter2@h:x%/app"}) {
    const Result<Target> target = parse_target(url);
    ASSERT_FALSE(target) << url;
    EXPECT_EQ(target.error().code, Errc::bad_config) << url;
    EXPECT_EQ(target.error().detail.find("hunter2"), std::string::npos) << url;
  }
}

}  // namespace
}  // namespace latchkey::postgres
