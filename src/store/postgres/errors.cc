#include "store/postgres/errors.h"

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
            "default_transaction_isolation = 'read committed'"},
    Meaning{"28", Errc::store_unavailable,
            "the server refused the user or password: check the URL and pg_hba.conf"},
    Meaning{"3D000", Errc::store_unavailable, "the server has no database of this name"},
    Meaning{"42P01", Errc::store_mismatch,
            "tables of latchkey are missing: check database and schema, or restore a backup"},
    Meaning{"42883", Errc::store_mismatch,
            "functions of latchkey are missing: check database and schema, or restore a backup"},
    Meaning{"3F000", Errc::store_mismatch, "the schema is missing: check the URL"},
    Meaning{"42501", Errc::store_read_only,
            "the database user lacks a right: GRANT it what docs/formats/postgres.md names"},
    Meaning{"25006", Errc::store_read_only,
            "the server is a standby or read-only: the URL must lead to the primary"},
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
    Meaning{"57014", Errc::store_busy, "the server cancelled the statement"},
    Meaning{"40", Errc::store_busy, "the transaction lost too many races"},
    Meaning{"XX", Errc::store_damaged, "the server found damage in its files: restore a backup"},
    Meaning{"22", Errc::invalid_argument, "the database cannot hold a value: text must be UTF-8"},
    Meaning{"57P", Errc::store_unavailable, "the server is starting, stopping or was crashed"},
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
