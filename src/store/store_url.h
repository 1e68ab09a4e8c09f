#pragma once

#include <string>
#include <string_view>

#include "base/text.h"
#include "latchkey/result.h"

namespace latchkey {

// StoreUrl is the text that names a store, read once for every shape: which engine opens it, and
// whether a network is in between.
struct StoreUrl {
  std::string_view scheme{};  // a constant: "sqlite", "memory", "redis+unix", ...
  std::string url{};          // what the engine takes: `scheme` and ':' stand at its beginning
  bool remote = false;        // a call waits for a network

  // rest is what follows the scheme: the path of a SQLite file, the name of a store in memory.
  std::string_view rest() const noexcept { return std::string_view(url).substr(scheme.size() + 1); }
};

// parse_store_url reads what latchkey/open_store.h lists; `memory:` may be followed by a name. It
// opens and makes nothing. Everything else is bad_config with what to write instead: a misspelt
// store would otherwise become a new, empty one. The text of the error holds no password.
Result<StoreUrl> parse_store_url(std::string_view text);

namespace store {

// scheme_of returns what stands before the colon of a URL: a letter, then letters, digits, '+', '-'
// and '.' (RFC 3986). Empty when `text` does not begin like one.
std::string_view scheme_of(std::string_view text) noexcept;

// holds_variable finds a variable that no shell, compose file or template filled in, such as
// ${HOME}. In the URL of an engine `$` and a name may be part of a password.
bool holds_variable(std::string_view text, bool url) noexcept;

// names_missing_value tells whether a folder or the file of `path` is called like a value that was
// missing where the path was put together, such as "undefined".
bool names_missing_value(std::string_view path) noexcept;

}  // namespace store
}  // namespace latchkey
