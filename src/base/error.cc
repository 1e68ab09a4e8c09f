#include <array>

#include "latchkey/result.h"

namespace latchkey {
namespace {

struct Row {
  Errc code;
  std::string_view name;
  int http_status;
  bool retryable;
};

constexpr std::array kTable{
    Row{Errc::store_unavailable, "store_unavailable", 503, true},
    Row{Errc::store_busy, "store_busy", 503, true},
    Row{Errc::store_read_only, "store_read_only", 503, true},
    Row{Errc::store_damaged, "store_damaged", 503, false},
    Row{Errc::sqlite_shared, "sqlite_shared", 503, false},
    Row{Errc::store_mismatch, "store_mismatch", 503, false},
    Row{Errc::entropy_unavailable, "entropy_unavailable", 503, true},
    Row{Errc::crypto_unavailable, "crypto_unavailable", 503, false},
    Row{Errc::overloaded, "overloaded", 503, true},
    Row{Errc::rate_limited, "rate_limited", 429, true},
    Row{Errc::conflict, "conflict", 409, true},
    Row{Errc::not_found, "not_found", 404, false},
    Row{Errc::user_changed, "user_changed", 409, true},
    Row{Errc::invalid_argument, "invalid_argument", 400, false},
    Row{Errc::too_large, "too_large", 413, false},
    Row{Errc::unsupported, "unsupported", 501, false},
    Row{Errc::origin_refused, "origin_refused", 403, false},
    Row{Errc::would_wait, "would_wait", 503, true},
    Row{Errc::headers_sent, "headers_sent", 500, false},
    Row{Errc::bad_config, "bad_config", 500, false},
};

const Row& row(Errc code) noexcept {
  for (const Row& candidate : kTable) {
    if (candidate.code == code) return candidate;
  }
  return kTable.back();
}

}  // namespace

std::string_view error_name(Errc code) noexcept { return row(code).name; }
int error_http_status(Errc code) noexcept { return row(code).http_status; }
bool error_retryable(Errc code) noexcept { return row(code).retryable; }

}  // namespace latchkey
