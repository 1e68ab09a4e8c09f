#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/result.h"

namespace latchkey::postgres {

// Target is where a URL points: what libpq is given, and what is ours.
struct Target {
  std::vector<std::pair<std::string, std::string>> keywords{};  // libpq's connection parameters
  std::string schema{};                                         // empty: the one the server chooses
  bool prepare = true;
  std::size_t pool = 8;
  std::string listen{};  // the URL of a direct connection; empty: this one
};

// parse_target reads a postgres:// URL. A host that is not this machine is spoken to with
// sslmode=verify-full unless the URL says otherwise; `prefer` and `allow`, which fall back to plain
// text unseen, are refused.
Result<Target> parse_target(std::string_view url);

}  // namespace latchkey::postgres
