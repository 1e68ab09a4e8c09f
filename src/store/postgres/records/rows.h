#pragma once

#include <libpq-fe.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <span>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::postgres {

// Rows are the answer to a statement, in binary form, or as text where it was asked for so. Views
// live as long as it does.
class Rows {
 public:
  Rows() = default;
  explicit Rows(PGresult* result) : result_(result) {}

  int size() const noexcept { return PQntuples(result_.get()); }
  int columns() const noexcept { return PQnfields(result_.get()); }
  std::string_view name(int column) const noexcept { return PQfname(result_.get(), column); }
  // type is the number of a column's type in pg_type.
  unsigned type(int column) const noexcept { return PQftype(result_.get(), column); }
  // changed tells how many rows an INSERT, UPDATE or DELETE concerned.
  std::int64_t changed() const noexcept {
    return std::strtoll(PQcmdTuples(result_.get()), nullptr, 10);
  }
  bool is_null(int row, int column) const noexcept {
    return PQgetisnull(result_.get(), row, column) != 0;
  }
  // NULL reads as empty text, no octets or 0.
  std::string_view text(int row, int column) const noexcept {
    return {PQgetvalue(result_.get(), row, column), length(row, column)};
  }
  std::span<const std::uint8_t> blob(int row, int column) const noexcept {
    return {reinterpret_cast<const std::uint8_t*>(PQgetvalue(result_.get(), row, column)),
            length(row, column)};
  }
  // integer reads bool, int2, int4 and int8.
  std::int64_t integer(int row, int column) const noexcept {
    const std::span<const std::uint8_t> octets = blob(row, column);
    if (octets.empty() || octets.size() > sizeof(std::int64_t)) return 0;
    std::uint64_t value = (octets[0] & 0x80) != 0 && octets.size() > 1 ? ~std::uint64_t{0} : 0;
    for (const std::uint8_t octet : octets) value = value << 8 | octet;
    return static_cast<std::int64_t>(value);
  }
  UnixTime time(int row, int column) const noexcept {
    return from_unix_millis(integer(row, column));
  }

 private:
  struct Clear {
    void operator()(PGresult* result) const noexcept { PQclear(result); }
  };
  std::size_t length(int row, int column) const noexcept {
    return static_cast<std::size_t>(PQgetlength(result_.get(), row, column));
  }
  std::unique_ptr<PGresult, Clear> result_;
};

}  // namespace latchkey::postgres
