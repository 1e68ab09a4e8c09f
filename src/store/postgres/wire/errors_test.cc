#include "store/postgres/wire/errors.h"

#include <gtest/gtest.h>

namespace latchkey::postgres {
namespace {

TEST(PostgresErrors, SayWhatAnOperatorCanDo) {
  EXPECT_EQ(to_error("42501").code, Errc::store_read_only);
  EXPECT_EQ(to_error("25006").code, Errc::store_read_only);
  EXPECT_EQ(to_error("LK001").code, Errc::store_mismatch);
  EXPECT_NE(to_error("57014").detail.find("statement_timeout"), std::string::npos);
  EXPECT_NE(to_error("08P01").detail.find("pooler"), std::string::npos);
  EXPECT_NE(to_error("26000").detail.find("prepare=off"), std::string::npos);
}

// What libpq 15 and pgbouncer 1.18 say, and what an operator reads behind it.
TEST(PostgresErrors, AConnectionThatDidNotComeAboutNamesTheCure) {
  const struct {
    const char* reason;
    const char* advice;
  } cases[] = {
      {"connection to server at \"h\" failed: server does not support SSL, but SSL was required",
       "ssl = on"},
      {"FATAL:  no pg_hba.conf entry for host \"10.0.0.1\", user \"u\", database \"d\", no "
       "encryption",
       "sslmode=verify-full"},
      {"FATAL:  SSL required", "sslmode=verify-full"},
      {"SSL error: certificate verify failed", "sslrootcert=FILE"},
      {"server certificate for \"a\" does not match host name \"b\"", "its certificate is for"},
      {"FATAL:  password authentication failed for user \"u\"", "passfile"},
      {"fe_sendauth: no password supplied", "passfile"},
      {"FATAL:  too many connections for role \"u\"", "`pool`"},
      {"FATAL:  sorry, too many clients already", "max_connections"},
      {"FATAL:  no more connections allowed (max_client_conn)", "max_client_conn"},
      {"FATAL:  unsupported startup parameter: options", "ignore_startup_parameters"},
      {"FATAL:  the database system is starting up", "this passes"},
      {"FATAL:  database \"d\" does not exist", "make it there first"},
      {"Connection refused", "is the server running"},
      {"received invalid response to SSL negotiation: -", "port of PostgreSQL"},
  };
  for (const auto& [reason, advice] : cases) {
    const std::string text = with_advice(reason);
    EXPECT_TRUE(text.starts_with(reason));
    EXPECT_NE(text.find(advice), std::string::npos) << text;
  }
  EXPECT_EQ(with_advice("something else"), "something else");
}

}  // namespace
}  // namespace latchkey::postgres
