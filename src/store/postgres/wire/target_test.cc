#include "store/postgres/wire/target.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

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

// Variable sets a variable of the environment for as long as it lives.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name) { ::setenv(name, value, 1); }
  ~Variable() { ::unsetenv(name_); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;

 private:
  const char* name_;
};

std::string mode_of(std::string_view url) { return keyword(parsed(url), "sslmode"); }

Errc refusal_of(const std::string& url) {
  const Result<Target> target = parse_target(url);
  EXPECT_FALSE(target) << url;
  return target ? Errc::conflict : target.error().code;
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
  const Target plain = parsed("postgresql:///app");
  EXPECT_TRUE(plain.prepare);
  EXPECT_FALSE(plain.insecure_tls);
  EXPECT_TRUE(plain.listen.empty());
  EXPECT_EQ(keyword(plain, "application_name"), "latchkey");
  EXPECT_EQ(keyword(plain, "client_encoding"), "UTF8");
  EXPECT_EQ(keyword(plain, "gssencmode"), "disable");
  EXPECT_EQ(keyword(plain, "tcp_user_timeout"), "10000");
  EXPECT_EQ(keyword(parsed("postgres:///app?application_name=shop"), "application_name"), "shop");
  EXPECT_EQ(parsed("postgres:///app?pool=1").pool, 1U);
  EXPECT_EQ(parsed("postgres:///app?pool=256").pool, 256U);
  EXPECT_TRUE(parsed("postgres:///app?prepare=on").prepare);
  EXPECT_EQ(parsed("postgres:///app?schema=" + std::string(63, 's')).schema.size(), 63U);
  EXPECT_EQ(parsed("postgres:///app?&pool=7&").pool, 7U) << "empty parts are none";
}

// The login of a URL that is read again for each connection; everything else stays as it was.
TEST(PostgresTarget, F4TakesUserAndPasswordFromTheUrlOfNow) {
  Target target = parsed("postgres://ann:old@/app?host=/run/db");
  EXPECT_EQ(keywords_now(target), target.keywords);
  Result<std::string> now = std::string("postgres://bob:new@/other?host=/run/other");
  target.url_source = [&now] { return now; };
  const auto value = [&](std::string_view name) {
    std::string found;
    for (const auto& [keyword, text] : keywords_now(target)) {
      if (keyword == name) found += text;
    }
    return found;
  };
  EXPECT_EQ(value("user"), "bob");
  EXPECT_EQ(value("password"), "new");
  EXPECT_EQ(value("dbname"), "app");
  EXPECT_EQ(value("host"), "/run/db");
  now = std::string("postgres:///app?host=/run/db&user=");
  EXPECT_EQ(value("password"), "") << "the one of before is no longer right";
  for (const auto& broken : {Result<std::string>(Error{Errc::bad_config, "no file"}),
                             Result<std::string>(std::string("mysql://x"))}) {
    now = broken;
    EXPECT_EQ(value("user"), "ann");
    EXPECT_EQ(value("password"), "old");
  }
}

TEST(PostgresTarget, ARemoteServerMustProveWhoItIs) {
  for (const char* url :
       {"postgres://db.example/app", "postgres://10.0.0.7/app", "postgres://[::2]/app",
        "postgres:///app?hostaddr=10.0.0.7", "postgres://localhost/app?hostaddr=10.0.0.7",
        "postgres://localhost,db.example/app", "postgres://127.0.0.1,db.example/app",
        "postgres:///app?host=/run/db,db.example", "postgres:///app?hostaddr=127.0.0.1,10.0.0.7",
        "postgres://127.evil.example/app", "postgres://127.0.0.1.evil.example/app",
        "postgres:///app?service=elsewhere"}) {
    EXPECT_EQ(mode_of(url), "verify-full") << url;
  }
  for (const char* url :
       {"postgres:///app", "postgres:///app?host=", "postgres://localhost:5433/app",
        "postgres://127.0.0.1/app", "postgres://127.8.9.10/app", "postgres://[::1]/app",
        "postgres://%2Frun%2Fdb/app", "postgres:///app?host=/run/a,/run/b"}) {
    EXPECT_EQ(mode_of(url), "disable") << url;
  }
}

TEST(PostgresTarget, TheAuthoritiesOfTheSystemVouchUnlessOthersAreNamed) {
  const std::string url = "postgres://db.example/app";
  const std::string system = "/etc/ssl/certs/ca-certificates.crt";
  if (::access(system.c_str(), R_OK) != 0) GTEST_SKIP() << "there are none in " << system;
  EXPECT_EQ(keyword(parsed(url), "sslrootcert"), system);
  EXPECT_EQ(keyword(parsed(url + "?sslrootcert=/etc/app/root.crt"), "sslrootcert"),
            "/etc/app/root.crt");
  EXPECT_EQ(keyword(parsed("postgres://localhost/app"), "sslrootcert"), "(none)");
  const Variable roots("PGSSLROOTCERT", "/etc/app/root.crt");
  EXPECT_EQ(keyword(parsed(url), "sslrootcert"), "(none)") << "libpq reads the variable itself";
}

// Whoever has a certificate of a public authority for any name would pass.
TEST(PostgresTarget, AnyNameIsFineOnlyForAnAuthorityOfOnesOwn) {
  const std::string url = "postgres://db.example/app?sslmode=verify-ca";
  EXPECT_EQ(refusal_of(url), Errc::bad_config);
  EXPECT_EQ(refusal_of(url + "&sslrootcert="), Errc::bad_config);
  EXPECT_EQ(refusal_of(url + "&sslrootcert=system"), Errc::bad_config);
  EXPECT_EQ(refusal_of(url + "&sslrootcert=/etc/ssl/certs/ca-certificates.crt"), Errc::bad_config);
  EXPECT_EQ(mode_of(url + "&sslrootcert=/etc/app/root.crt"), "verify-ca");
  EXPECT_EQ(mode_of(url + "&insecure_tls=on"), "verify-ca") << "whoever says so takes the risk";
  EXPECT_EQ(mode_of("postgres://localhost/app?sslmode=verify-ca"), "verify-ca");
  {
    const Variable mode("PGSSLMODE", "verify-ca");
    EXPECT_EQ(refusal_of("postgres://db.example/app"), Errc::bad_config);
  }
  const Variable roots("PGSSLROOTCERT", "/etc/app/root.crt");
  EXPECT_EQ(mode_of(url), "verify-ca");
}

TEST(PostgresTarget, WhatTheEnvironmentSaysOfTheHostCountsToo) {
  {
    const Variable host("PGHOST", "db.example");
    EXPECT_EQ(mode_of("postgres:///app"), "verify-full");
    EXPECT_EQ(mode_of("postgres:///app?host="), "verify-full") << "an empty one is none";
    EXPECT_EQ(mode_of("postgres://localhost/app"), "disable") << "the URL comes first";
  }
  {
    const Variable address("PGHOSTADDR", "10.0.0.7");
    EXPECT_EQ(mode_of("postgres://localhost/app"), "verify-full");
  }
  const Variable service("PGSERVICE", "elsewhere");
  EXPECT_EQ(mode_of("postgres:///app"), "verify-full");
}

TEST(PostgresTarget, AWeakerModeIsRefusedWhereverItStands) {
  for (const std::string mode : {"prefer", "allow"}) {
    EXPECT_EQ(refusal_of("postgres://db.example/app?insecure_tls=on&sslmode=" + mode),
              Errc::bad_config);
    const Variable environment("PGSSLMODE", mode.c_str());
    EXPECT_EQ(refusal_of("postgres://db.example/app?insecure_tls=on"), Errc::bad_config);
    EXPECT_EQ(mode_of("postgres://db.example/app?sslmode=verify-full"), "verify-full");
  }
  for (const std::string mode : {"require", "disable"}) {
    const std::string url = "postgres://db.example/app?sslmode=" + mode;
    EXPECT_EQ(refusal_of(url), Errc::bad_config);
    EXPECT_EQ(refusal_of(url + "&insecure_tls=off"), Errc::bad_config);
    EXPECT_EQ(mode_of(url + "&insecure_tls=on"), mode) << "whoever says so takes the risk";
    EXPECT_EQ(mode_of("postgres://localhost/app?sslmode=" + mode), mode);
    const Variable environment("PGSSLMODE", mode.c_str());
    EXPECT_EQ(refusal_of("postgres://db.example/app"), Errc::bad_config);
    EXPECT_EQ(mode_of("postgres://db.example/app?insecure_tls=on"), mode);
  }
  const Variable environment("PGSSLMODE", "verify-full");
  EXPECT_EQ(mode_of("postgres://localhost/app"), "verify-full") << "stricter is always fine";
}

TEST(PostgresTarget, OnlyAPrimaryAnswers) {
  EXPECT_EQ(keyword(parsed("postgres://a,b/app"), "target_session_attrs"), "primary");
  const Variable environment("PGTARGETSESSIONATTRS", "any");
  EXPECT_EQ(keyword(parsed("postgres:///app"), "target_session_attrs"), "primary");
  const std::string url = "postgres:///app?target_session_attrs=";
  EXPECT_EQ(keyword(parsed(url + "read-write"), "target_session_attrs"), "read-write");
  for (const char* wanted : {"any", "standby", "prefer-standby", "read-only"}) {
    EXPECT_EQ(refusal_of(url + wanted), Errc::bad_config) << wanted;
  }
}

TEST(PostgresTarget, RefusesWhatItCannotReadAndNeverRepeatsIt) {
  for (const char* url :
       {"mysql://ann:hunter2@h/app", "postgres://ann:hunter2@h/app?schema=", "postgres:",
        "postgres://ann:hunter2@h/app?prepare=maybe",
        "postgres://ann:hunter2@h/app?insecure_tls=yes", "postgres://ann:hunter2@h/app?pool=0",
        "postgres://ann:hunter2@h/app?pool=257", "postgres://ann:hunter2@h/app?pool=5x",
        "postgres://ann:hunter2@h/app?pool=", "postgres://ann:hunter2@h/app?pool",
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
