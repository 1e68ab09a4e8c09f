#include "store/postgres/wire/errors.h"

#include <algorithm>
#include <array>
#include <string>

namespace latchkey::postgres {
namespace {

struct Meaning {
  std::string_view sqlstate;  // all of it, or its beginning
  Errc code;
  std::string_view detail;
};

// The first that fits counts.
constexpr std::array kMeanings{
    Meaning{kOtherInstance, Errc::store_mismatch,
            "the database is no longer the one that was opened: it was emptied or replaced; "
            "restore a backup, or restart to take the new one"},
    Meaning{kWrongIsolation, Errc::store_unavailable,
            "transactions here are not READ COMMITTED by default: ALTER ROLE ... SET "
            "default_transaction_isolation = 'read committed', and restart the pooler if there is "
            "one"},
    Meaning{"28", Errc::store_unavailable,
            "the server refused the user or password: check the URL and pg_hba.conf"},
    Meaning{"3D000", Errc::store_unavailable, "the server has no database of this name"},
    Meaning{"42P01", Errc::store_mismatch,
            "tables of latchkey are missing: check database and schema, or restore a backup"},
    Meaning{"42883", Errc::store_mismatch,
            "functions of latchkey are missing: check database and schema, or restore a backup"},
    Meaning{"3F000", Errc::store_mismatch, "the schema is missing: check the URL"},
    Meaning{kMissingRight, Errc::store_read_only,
            "the database user lacks a right: GRANT it what docs/formats/postgres.md names"},
    Meaning{"25006", Errc::store_read_only,
            "the server is a standby or read-only: the URL must lead to the primary, and "
            "default_transaction_read_only of its role and database must be off"},
    Meaning{"53100", Errc::store_read_only, "the disk of the database server is full"},
    Meaning{"53300", Errc::store_unavailable,
            "the server has no connection left: raise max_connections or lower `pool` in the URL"},
    Meaning{"26000", Errc::store_unavailable,
            "prepared statements get lost: behind a pooler in transaction mode the URL needs "
            "prepare=off"},
    Meaning{"42P05", Errc::store_unavailable,
            "prepared statements of others are in the way: behind a pooler in transaction mode the "
            "URL needs prepare=off"},
    Meaning{"55P03", Errc::store_busy, "rows are locked by another transaction: end it"},
    Meaning{kCancelled, Errc::store_busy,
            "the server cancelled the statement: is statement_timeout of the role too short?"},
    Meaning{"40", Errc::store_busy, "the transaction lost too many races"},
    // What pgbouncer itself says, whatever it is.
    Meaning{"08P01", Errc::store_unavailable,
            "the pooler gave up: the server behind it is down or out of connections, or its own "
            "pool is too small (default_pool_size, query_wait_timeout): see its log"},
    Meaning{"XX", Errc::store_damaged, "the server found damage in its files: restore a backup"},
    Meaning{"22", Errc::invalid_argument, "the database cannot hold a value: text must be UTF-8"},
    Meaning{"57P", Errc::store_unavailable, "the server is starting, stopping or was crashed"},
};

struct Advice {
  std::string_view sign;  // in what libpq or the server says
  std::string_view text;
};

// The first that fits counts.
constexpr std::array kAdvice{
    Advice{"server does not support SSL",
           "turn TLS on there (ssl = on); only on a line that nobody can listen to, "
           "sslmode=disable&insecure_tls=on in the URL"},
    Advice{"received invalid response to SSL negotiation", "is that the port of PostgreSQL?"},
    Advice{"expected authentication request", "is that the port of PostgreSQL?"},
    Advice{"no encryption", "the server wants TLS: put sslmode=verify-full into the URL"},
    Advice{"SSL required", "the pooler wants TLS: put sslmode=verify-full into the URL"},
    Advice{"certificate verify failed",
           "name the authority of its certificate with sslrootcert=FILE in the URL"},
    Advice{"root certificate file", "make it readable, or name another with sslrootcert=FILE"},
    Advice{"does not match host name", "use the name in the URL that its certificate is for"},
    Advice{"private key file", "the file of sslkey must belong to this user and have mode 0600"},
    Advice{"no pg_hba.conf entry", "add a line for this user, database and address there"},
    Advice{"password", "check user and password in the URL, PGPASSWORD or passfile"},
    Advice{"authentication", "check user and password in the URL, and pg_hba.conf"},
    Advice{"too many connections", "raise the limit of the role or database, or lower `pool`"},
    Advice{"too many clients", "raise max_connections, or lower `pool` in the URL"},
    Advice{"remaining connection slots", "raise max_connections, or lower `pool` in the URL"},
    Advice{"no more connections allowed", "raise max_client_conn of the pooler"},
    Advice{"server login failed", "the pooler cannot log in to its server: see its log"},
    Advice{"query_wait_timeout", "the pooler has no server connection: see its log"},
    Advice{"unsupported startup parameter",
           "name the parameter in ignore_startup_parameters of the pooler, or remove it here"},
    Advice{"starting up", "this passes"},
    Advice{"shutting down", "wait until it is back"},
    Advice{"recovery mode", "this passes"},
    Advice{"hot standby mode", "the URL must lead to the primary"},
    Advice{"session is read-only", "the URL must lead to the primary"},
    Advice{"No such file", "is the server running, and its socket in this directory?"},
    Advice{"Connection refused", "is the server running, and listening there?"},
    Advice{"could not translate host name", "check the host in the URL"},
    Advice{"does not exist", "make it there first, or correct the URL"},
};

constexpr std::string_view kUnknown = "the server answered with error ";
constexpr std::string_view kUnreachable = "the database cannot be reached: ";
constexpr std::string_view kRefused = "the database refuses the connection: ";

// Connections, resources, operators who start and stop, locks: a moment later all may be well.
bool is_passing(std::string_view sqlstate) noexcept {
  constexpr std::array<std::string_view, 5> kClasses{"08", "40", "53", "55", "57"};
  return sqlstate.empty() ||
         std::any_of(kClasses.begin(), kClasses.end(),
                     [&](std::string_view passing) { return sqlstate.starts_with(passing); });
}

}  // namespace

Error to_error(std::string_view sqlstate) {
  for (const Meaning& meaning : kMeanings) {
    if (sqlstate.starts_with(meaning.sqlstate)) {
      return Error{meaning.code, std::string(meaning.detail)};
    }
  }
  return Error{Errc::store_unavailable,
               std::string(kUnknown).append(sqlstate).append(": see its log")};
}

std::string with_advice(std::string reason) {
  for (const Advice& advice : kAdvice) {
    if (reason.find(advice.sign) == std::string::npos) continue;
    return reason.append(": ").append(advice.text);
  }
  return reason;
}

bool is_transient(std::string_view sqlstate) noexcept {
  return sqlstate == "40P01" || sqlstate == "40001";
}

Error lost_instance() { return to_error(kOtherInstance); }

Error unconnected(std::string_view sqlstate, std::string_view reason) {
  // What libpq itself finds out has no SQLSTATE.
  constexpr std::array<std::string_view, 3> kOwn{"certificate", "does not support SSL",
                                                 "no password supplied"};
  const bool own = std::any_of(kOwn.begin(), kOwn.end(), [&](std::string_view word) {
    return reason.find(word) != std::string_view::npos;
  });
  const std::string_view start = is_passing(sqlstate) && !own ? kUnreachable : kRefused;
  return Error{Errc::store_unavailable, std::string(start).append(reason)};
}

bool is_refusal(std::string_view detail) noexcept {
  const auto is_part = [&](std::string_view text) {
    return detail.find(text) != std::string_view::npos;
  };
  if (is_part(kRefused)) return true;
  if (const std::size_t at = detail.find(kUnknown); at != std::string_view::npos) {
    return !is_passing(detail.substr(at + kUnknown.size()));
  }
  return std::any_of(kMeanings.begin(), kMeanings.end(), [&](const Meaning& meaning) {
    return !is_passing(meaning.sqlstate) && is_part(meaning.detail);
  });
}

}  // namespace latchkey::postgres
