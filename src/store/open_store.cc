#include "latchkey/open_store.h"

#include <algorithm>
#include <array>

#include "latchkey/memory.h"
#include "latchkey/postgres.h"
#include "latchkey/redis.h"
#include "latchkey/sqlite.h"

namespace latchkey {
namespace {

using Opened = Result<std::unique_ptr<Store>>;

Opened open_file(std::string_view path, const OpenStoreOptions& options) {
  return open_sqlite({.path = std::string{path},
                      .create = options.create,
                      .read_only = options.read_only,
                      .expected_instance = options.expected_instance,
                      .adopt = options.adopt,
                      .busy_timeout = options.write_timeout,
                      .read_timeout = options.read_timeout,
                      .watch_every = options.watch_every});
}

Opened open_sqlite_url(std::string_view url, const OpenStoreOptions& options) {
  return open_file(url.substr(url.find(':') + 1), options);
}

Opened open_memory_url(std::string_view url, const OpenStoreOptions& options) {
  if (url != "memory:") return Error{Errc::bad_config, "memory: takes no path"};
  if (!options.create || !options.expected_instance.empty()) {
    return Error{Errc::store_mismatch, "a store in memory is always a new one"};
  }
  if (options.adopt) return make_memory_store(*options.adopt);
  return make_memory_store();
}

Opened open_postgres_url(std::string_view url, const OpenStoreOptions& options) {
  return open_postgres({.url = std::string{url},
                        .url_source = options.url_source,
                        .create = options.create,
                        .read_only = options.read_only,
                        .expected_instance = options.expected_instance,
                        .adopt = options.adopt,
                        .read_timeout = options.read_timeout,
                        .write_timeout = options.write_timeout,
                        .watch_every = options.watch_every});
}

Opened open_redis_url(std::string_view url, const OpenStoreOptions& options) {
  Result<RedisOptions> read = parse_redis_url(url);
  if (!read) return read.error();
  if (options.url_source) {
    read->login_source = [source = options.url_source]() -> Result<RedisLogin> {
      const Result<std::string> now = source();
      if (!now) return now.error();
      Result<RedisOptions> parsed = parse_redis_url(*now);
      if (!parsed) return parsed.error();
      return RedisLogin{std::move(parsed->user), std::move(parsed->password)};
    };
  }
  read->create = options.create;
  read->read_only = options.read_only;
  read->expected_instance = options.expected_instance;
  read->adopt = options.adopt;
  read->read_timeout = options.read_timeout;
  read->write_timeout = options.write_timeout;
  return open_redis(*read);
}

// An engine gets the whole URL.
struct Engine {
  std::string_view scheme;
  Opened (*open)(std::string_view url, const OpenStoreOptions& options);
  bool remote = false;
};
constexpr std::array kEngines{
    Engine{"memory", open_memory_url},
    Engine{"postgres", open_postgres_url, true},
    Engine{"postgresql", open_postgres_url, true},
    Engine{"sqlite", open_sqlite_url},
    Engine{"redis", open_redis_url, true},
    Engine{"rediss", open_redis_url, true},
    Engine{"redis+unix", open_redis_url, true},
    Engine{"redis+cluster", open_redis_url, true},
    Engine{"rediss+cluster", open_redis_url, true},
};

// A URL begins with a letter and has a colon behind letters, digits, '+', '-' and '.' (RFC 3986).
std::string_view scheme_of(std::string_view url) noexcept {
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  const auto belongs = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  const std::size_t end =
      static_cast<std::size_t>(std::find_if_not(url.begin(), url.end(), belongs) - url.begin());
  const bool named = end > 0 && end < url.size() && url[end] == ':' && is_letter(url[0]);
  return named ? url.substr(0, end) : std::string_view{};
}

const Engine* find_engine(std::string_view scheme) noexcept {
  const auto* found = std::find_if(kEngines.begin(), kEngines.end(),
                                   [&](const Engine& engine) { return engine.scheme == scheme; });
  return found == kEngines.end() ? nullptr : found;
}

}  // namespace

Result<std::unique_ptr<Store>> open_store(std::string_view url, const OpenStoreOptions& options) {
  const std::string_view scheme = scheme_of(url);
  if (scheme.empty()) return open_file(url, options);
  if (const Engine* engine = find_engine(scheme)) return engine->open(url, options);
  std::string known;
  for (const Engine& engine : kEngines) {
    known.append(known.empty() ? "" : ", ").append(engine.scheme).append(":");
  }
  return Error{Errc::bad_config, "no store is opened by this URL; known are " + known +
                                     " and the path of a SQLite file"};
}

std::string_view store_scheme(std::string_view url) noexcept {
  const std::string_view scheme = scheme_of(url);
  if (scheme.empty()) return "sqlite";
  const Engine* engine = find_engine(scheme);
  return engine != nullptr ? engine->scheme : std::string_view{};
}

bool is_remote_store(std::string_view url) noexcept {
  const Engine* engine = find_engine(scheme_of(url));
  return engine != nullptr && engine->remote;
}

std::string without_password(std::string_view url) {
  std::string shown{url};
  const auto hide = [&shown](std::size_t from, std::size_t to) {
    shown.replace(from, to - from, "********");
  };
  // `listen` is a URL of its own, with a password perhaps.
  for (const std::string_view parameter : {"password=", "listen="}) {
    std::size_t found = shown.find('?');
    while ((found = shown.find(parameter, found)) != std::string::npos) {
      found += parameter.size();
      hide(found, std::min(shown.find('&', found), shown.size()));
    }
  }
  const std::size_t slashes = shown.find("://");
  if (scheme_of(url).empty() || slashes == std::string::npos) return shown;
  const std::size_t host = slashes + 3;
  const std::size_t at = shown.substr(0, shown.find_first_of("/?#", host)).rfind('@');
  const std::size_t colon = shown.find(':', host);
  if (at != std::string::npos && at > host && colon < at) hide(colon + 1, at);
  return shown;
}

}  // namespace latchkey
