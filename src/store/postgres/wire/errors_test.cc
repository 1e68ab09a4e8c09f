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

// What each SQLSTATE means, and a word of what an operator reads.
TEST(PostgresErrors, EachStateHasItsMeaning) {
  const struct {
    const char* state;
    Errc code;
    const char* says;
  } cases[] = {
      {"LK001", Errc::store_mismatch, "emptied or replaced"},
      {kWrongIsolation.data(), Errc::store_unavailable, "READ COMMITTED"},
      {"28P01", Errc::store_unavailable, "pg_hba.conf"},
      {"3D000", Errc::store_unavailable, "no database of this name"},
      {"42P01", Errc::store_mismatch, "tables of latchkey are missing"},
      {"42883", Errc::store_mismatch, "functions of latchkey are missing"},
      {"3F000", Errc::store_mismatch, "schema is missing"},
      {"42501", Errc::store_read_only, "GRANT"},
      {"25006", Errc::store_read_only, "standby or read-only"},
      {"53100", Errc::store_read_only, "disk of the database server is full"},
      {"53300", Errc::store_unavailable, "max_connections"},
      {"42P05", Errc::store_unavailable, "prepare=off"},
      {"55P03", Errc::store_busy, "another transaction"},
      {"57014", Errc::store_busy, "statement_timeout"},
      {"40001", Errc::store_busy, "too many races"},
      {"XX001", Errc::store_damaged, "restore a backup"},
      {"22021", Errc::invalid_argument, "UTF-8"},
      {"57P01", Errc::store_unavailable, "starting, stopping"},
      {"0A000", Errc::store_unavailable, "answered with error 0A000: see its log"},
  };
  for (const auto& [state, code, says] : cases) {
    EXPECT_EQ(to_error(state).code, code) << state;
    EXPECT_NE(to_error(state).detail.find(says), std::string::npos) << state;
  }
}

TEST(PostgresErrors, OnlyARaceThatWasLostIsTriedAgainAtOnce) {
  for (const char* again : {"40P01", "40001"}) EXPECT_TRUE(is_transient(again)) << again;
  for (const char* never : {"40003", "40", "57014", ""}) EXPECT_FALSE(is_transient(never)) << never;
}

// A refusal ends the start; what passes is waited for.
TEST(PostgresErrors, F7TellARefusalFromAnAbsence) {
  for (const char* state : {"", "08006", "40001", "53300", "55P03", "57P03"}) {
    EXPECT_FALSE(is_refusal(unconnected(state, "why").detail)) << state;
    EXPECT_TRUE(unconnected(state, "why").detail.ends_with("cannot be reached: why"));
  }
  for (const char* state : {"28P01", "3D000", "42501"}) {
    EXPECT_TRUE(is_refusal(unconnected(state, "why").detail)) << state;
    EXPECT_TRUE(is_refusal(to_error(state).detail)) << state;
  }
  for (const char* own : {"certificate verify failed", "server does not support SSL, but",
                          "fe_sendauth: no password supplied"}) {
    EXPECT_TRUE(is_refusal(unconnected("", own).detail)) << own;
  }
  EXPECT_TRUE(is_refusal(to_error("0A000").detail)) << "unknown, and of no class that passes";
  for (const char* state : {"08XXX", "53100", "55000", "57P01"}) {
    EXPECT_FALSE(is_refusal(to_error(state).detail)) << state;
  }
  EXPECT_FALSE(is_refusal("no connection to the database in time"));
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
