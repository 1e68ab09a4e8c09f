#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "latchkey/redis.h"

#include "base/small_file.h"
#include "base/text.h"

namespace latchkey {
namespace {

Error bad(std::string text) { return Error{Errc::bad_config, "the URL of Redis: " + text}; }

template <class Number>
bool read_number(std::string_view text, Number& out) noexcept {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

// take_until returns what stands before the first of `ends`, and leaves the rest, that one
// included.
std::string_view take_until(std::string_view& text, std::string_view ends) {
  const std::string_view front = text.substr(0, text.find_first_of(ends));
  text.remove_prefix(front.size());
  return front;
}

Result<void> read_address(std::string_view text, RedisOptions& options) {
  RedisAddress address;
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return bad("an IPv6 address needs its closing bracket");
    address.host = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
  } else {
    const auto host = percent_decode(take_until(text, ":"));
    if (!host) return bad("a host is wrongly percent-encoded");
    address.host = *host;
  }
  if (address.host.empty()) return bad("a host is missing");
  if (!text.empty() &&
      (text[0] != ':' || !read_number(text.substr(1), address.port) || address.port == 0)) {
    return bad("a port is a number from 1 to 65535");
  }
  options.addresses.push_back(std::move(address));
  return {};
}

Result<void> read_user(std::string_view text, RedisOptions& options) {
  const std::size_t colon = text.find(':');
  const auto user = percent_decode(text.substr(0, colon));
  const auto password =
      percent_decode(colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1));
  if (!user || !password) return bad("user or password is wrongly percent-encoded");
  options.user = *user;
  options.password = *password;
  return {};
}

Result<std::string> read_password(const std::string& path) {
  std::string password = read_small_file(path).value_or("");
  password.resize(std::min(password.size(), password.find('\n')));
  if (!password.empty() && password.back() == '\r') password.pop_back();
  if (!password.empty()) return password;
  return bad("the file named by password_file cannot be read, or its first line is empty");
}

// The file is read now, so that a wrong name is found at once, and again for each connection.
Result<void> read_password_file(const std::string& path, RedisOptions& options) {
  Result<std::string> password = read_password(path);
  if (!password) return password.error();
  options.password = *std::move(password);
  options.login_source = [path, user = options.user]() -> Result<RedisLogin> {
    Result<std::string> now = read_password(path);
    if (!now) return now.error();
    return RedisLogin{user, *std::move(now)};
  };
  return {};
}

Result<void> read_parameter(std::string_view name, std::string value, RedisOptions& options) {
  if (name == "db") {
    if (read_number(value, options.database)) return {};
    return bad("db is a number");
  }
  if (name == "prefix") {
    options.prefix = std::move(value);
    return {};
  }
  if (name == "ca_file") {
    options.ca_file = std::move(value);
    return {};
  }
  if (name == "password_file") return read_password_file(value, options);
  return bad("it knows the parameters db, prefix, ca_file and password_file");
}

Result<void> read_query(std::string_view query, RedisOptions& options) {
  while (!query.empty()) {
    query.remove_prefix(1);  // "?" or "&"
    std::string_view pair = take_until(query, "&");
    const std::string_view name = take_until(pair, "=");
    if (!pair.empty()) pair.remove_prefix(1);
    auto value = percent_decode(pair);
    if (!value) return bad("a parameter is wrongly percent-encoded");
    if (Result<void> read = read_parameter(name, std::move(*value), options); !read) return read;
  }
  return {};
}

Result<void> read_place(bool unix_socket, std::string_view hosts, std::string_view path,
                        RedisOptions& options) {
  if (unix_socket) {
    const auto decoded = percent_decode(path);
    if (!hosts.empty() || !decoded || decoded->size() < 2) {
      return bad("redis+unix:// needs the path of a socket: redis+unix:///run/redis/redis.sock");
    }
    options.addresses.push_back({.path = *decoded});
    return {};
  }
  do {
    const std::string_view one = take_until(hosts, ",");
    if (Result<void> read = read_address(one, options); !read) return read;
    if (!hosts.empty()) hosts.remove_prefix(1);
  } while (!hosts.empty());
  if (options.addresses.size() > 1 && !options.cluster) {
    return bad("several hosts are a cluster: redis+cluster://");
  }
  if (path.size() > 1 && !read_number(path.substr(1), options.database)) {
    return bad("what follows the host is the number of a database");
  }
  return {};
}

}  // namespace

Result<RedisOptions> parse_redis_url(std::string_view url) {
  RedisOptions options;
  const std::string_view scheme = url.substr(0, url.find("://"));
  const bool unix_socket = scheme == "redis+unix";
  options.cluster = scheme.ends_with("+cluster");
  options.tls = scheme.starts_with("rediss");
  if (!unix_socket && scheme != "redis" && scheme != "rediss" && scheme != "redis+cluster" &&
      scheme != "rediss+cluster") {
    return bad(
        "it begins with redis://, rediss://, redis+unix://, redis+cluster:// or "
        "rediss+cluster://");
  }
  if (url.size() < scheme.size() + 3) return bad("a host is missing");
  std::string_view rest = url.substr(scheme.size() + 3);
  std::string_view authority = take_until(rest, "/?");
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    if (Result<void> read = read_user(authority.substr(0, at), options); !read) {
      return read.error();
    }
    authority.remove_prefix(at + 1);
  }
  const std::string_view path = take_until(rest, "?");
  if (Result<void> read = read_place(unix_socket, authority, path, options); !read) {
    return read.error();
  }
  if (Result<void> read = read_query(rest, options); !read) return read.error();
  if (options.password.empty() && !options.user.empty()) return bad("a user needs a password");
  return options;
}

}  // namespace latchkey
