#pragma once

#include <string>
#include <string_view>

#include "latchkey/result.h"

namespace latchkey {

// damaged_row is the error for a row of `table` that cannot be one of ours.
inline Error damaged_row(std::string_view table) {
  std::string detail = "a row of ";
  detail.append(table).append(
      " was not written by this program: look for what else writes to this table");
  return Error{Errc::store_damaged, std::move(detail)};
}

}  // namespace latchkey
