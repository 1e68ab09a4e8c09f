#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/result.h"

namespace latchkey::postgres {

using Keywords = std::vector<std::pair<std::string, std::string>>;

using UrlSource = std::function<Result<std::string>()>;

// Target is where a URL points: what libpq is given, and what is ours.
struct Target {
  Keywords keywords{};   // libpq's connection parameters
  std::string schema{};  // empty: the one the server chooses
  bool prepare = true;
  std::size_t pool = 8;
  bool insecure_tls = false;  // a server elsewhere need not prove who it is
  std::string listen{};       // the URL of a direct connection; empty: this one
  // url_source returns the URL as it is now, whose user and password are those of a new connection.
  UrlSource url_source{};
};

// keywords_now returns the keywords for a new connection. A source that cannot be read now, because
// somebody is just writing it, leaves user and password as they were.
Keywords keywords_now(const Target& target);

// parse_target reads a postgres:// URL, and of the environment what libpq would read of it when it
// connects. A server that may be on another machine is spoken to with sslmode=verify-full, or
// verify-ca if that is asked for; anything weaker needs insecure_tls=on, and `prefer` and `allow`,
// which fall back to plain text unseen, are always refused.
Result<Target> parse_target(std::string_view url);

}  // namespace latchkey::postgres
