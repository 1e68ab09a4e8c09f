#include "server/settings/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <utility>

#include "base/text.h"
#include "crypto/password_hash.h"
#include "latchkey/client_address.h"
#include "latchkey/public_url.h"
#include "server/settings/base_path.h"
#include "server/settings/device_settings.h"
#include "server/settings/guessing_settings.h"
#include "server/settings/load_config.h"
#include "server/settings/mail_settings.h"
#include "server/settings/setting_kinds.h"
#include "server/settings/takeover_settings.h"
#include "server/settings/verify_settings.h"
#include "store/store_url.h"

namespace latchkey::server {
namespace {

Setting listen() {
  return {.key = "server.listen",
          .kind = SettingKind::list,
          .form = std::string{kListenForm} + "; or a list of these",
          .help = "Where to listen; port 0 selects a free port.",
          .set =
              [](Config& config, const SettingValue& value) {
                std::vector<ListenAddress> all;
                for (const std::string& text : value.texts) {
                  auto address = parse_listen_address(text);
                  if (!address) return false;
                  if (std::find(all.begin(), all.end(), *address) == all.end()) {
                    all.push_back(*std::move(address));
                  }
                }
                if (all.empty()) return false;
                config.listen = std::move(all);
                return true;
              },
          .get =
              [](const Config& config) {
                SettingValue value{{}, true};
                for (const ListenAddress& address : config.listen) {
                  value.texts.push_back(listen_address_text(address));
                }
                return value;
              },
          .alone = true};
}

Setting socket_mode() {
  constexpr std::uint32_t kMost = 0777;
  return {.key = "server.socket_mode",
          .kind = SettingKind::text,
          .form = "a mode in octal digits, such as \"0660\"",
          .help = "Mode of unix sockets: anyone with write permission can connect.",
          .set =
              [](Config& config, const SettingValue& value) {
                const std::string& text = value.texts.front();
                std::uint32_t mode = 0;
                const char* end = text.data() + text.size();
                const auto [rest, ec] = std::from_chars(text.data(), end, mode, 8);
                if (text.empty() || ec != std::errc{} || rest != end || mode > kMost) return false;
                config.socket.mode = mode;
                return true;
              },
          .get =
              [](const Config& config) {
                std::array<char, 8> digits{};
                std::snprintf(digits.data(), digits.size(), "%04o", config.socket.mode);
                return SettingValue::one(digits.data());
              }};
}

Setting public_url() {
  return checked(
      text(
          "server.public_url", "https://HOST[:PORT][/PATH]",
          [](Config & c) -> auto& { return c.public_url; },
          "Address that browsers use; determines cookie name, Secure and expected Origin."),
      IfEmpty::refuse, [](std::string_view url) {
        const Result<PublicUrl> parsed = PublicUrl::parse(split_base(url).first);
        constexpr std::string_view kPrefix = "public_url: ";
        return parsed ? std::string{} : parsed.error().detail.substr(kPrefix.size());
      });
}

// A misspelt directory would be made, and hold no users.
Setting data_directory() {
  return checked(text(
                     "server.data", "a directory", [](Config & c) -> auto& { return c.data; },
                     "Directory of database and key file; created on the first start."),
                 IfEmpty::refuse, [](std::string_view path) -> std::string {
                   if (path.starts_with('~'))
                     return "write the path of the home directory in the place of ~";
                   if (store::holds_variable(path, false))
                     return "it holds a variable that was not filled in";
                   if (store::names_missing_value(path))
                     return "a variable it was made of is not set";
                   return {};
                 });
}

Setting trusted_proxies() {
  Setting setting{
      .key = "server.trusted_proxies",
      .kind = SettingKind::list,
      .form = "a list of addresses, such as [\"127.0.0.1\"], and \"unix\" for unix sockets",
      .help = "Proxies whose X-Forwarded-For, and headers for /v1/verify, are trusted.",
      .set =
          [](Config& config, const SettingValue& value) {
            config.trusted_proxies = value.texts;
            return true;
          },
      .get =
          [](const Config& config) {
            return SettingValue{config.trusted_proxies, true};
          }};
  return checked(std::move(setting), IfEmpty::off, [](std::string_view entry) {
    const std::string one[] = {std::string{entry}};
    const auto parsed = guard::TrustedProxies::parse(one);
    return parsed ? std::string{} : parsed.error().detail;
  });
}

// The preset replaces the whole policy; settings behind it in the table refine it.
Setting preset() {
  return {.key = "session.preset",
          .kind = SettingKind::text,
          .form = "one of default lucia aal1 aal2 aal3 high_value",
          .help = "How long sessions live; the other session settings refine it.",
          .set =
              [](Config& config, const SettingValue& value) {
                const auto policy = Policy::preset(value.texts.front());
                if (!policy) return false;
                config.preset = value.texts.front();
                config.policy = *policy;
                return true;
              },
          .get = [](const Config& config) { return SettingValue::one(config.preset); }};
}

void add_server(std::vector<Setting>& all) {
  all.push_back(listen());
  all.push_back(socket_mode());
  all.push_back(text(
      "server.socket_group", "the name of a group",
      [](Config & c) -> auto& { return c.socket.group; },
      "Group of unix sockets, such as the proxy's; empty: the group of the process."));
  all.push_back(boolean(
      "server.allow_plain_http", [](Config & c) -> auto& { return c.allow_plain_http; },
      "Listen beyond loopback with an http public URL, in a container."));
  all.push_back(public_url());
  all.push_back(boolean(
      "server.hsts_subdomains", [](Config & c) -> auto& { return c.hsts_subdomains; },
      "Add includeSubDomains to HSTS: browsers use https for all hosts below."));
  all.push_back(data_directory());
  all.push_back(number(
      "server.threads", 0, 1024, [](Config & c) -> auto& { return c.threads; },
      "Event loops; 0: one per processor."));
  all.push_back(number(
      "server.max_connections", 1, 1'000'000, [](Config & c) -> auto& { return c.max_connections; },
      "Most open connections; others get 503 and are closed."));
  all.push_back(number(
      "server.max_connections_per_address", 0, 1'000'000,
      [](Config & c) -> auto& { return c.max_connections_per_address; },
      "Most open connections of one IPv4 address or IPv6 /64; others get 429 and are closed. 0: a "
      "quarter of max_connections. server.trusted_proxies are exempt."));
  all.push_back(trusted_proxies());
}

void add_bounds(std::vector<Setting>& all) {
  all.push_back(number(
      "limits.request_line", 1024, 65536, [](Config & c) -> auto& { return c.limits.request_line; },
      "Most bytes of the request line; 414 if exceeded."));
  all.push_back(number(
      "limits.header_bytes", 1024, 262144,
      [](Config & c) -> auto& { return c.limits.header_bytes; },
      "Most bytes of request line and header fields; 431 if exceeded."));
  all.push_back(number(
      "limits.header_fields", 10, 1000, [](Config & c) -> auto& { return c.limits.header_fields; },
      "Most header fields; 431 if exceeded."));
  all.push_back(number(
      "limits.body_bytes", 1024, 16'777'216,
      [](Config & c) -> auto& { return c.limits.body_bytes; },
      "Most bytes of a request body; 413 if exceeded."));
  const Millis least{100};
  all.push_back(duration(
      "timeouts.header", least, [](Config & c) -> auto& { return c.timeouts.header; },
      "For the whole head of a request, from its first byte; 408 if exceeded."));
  all.push_back(duration(
      "timeouts.body", least, [](Config & c) -> auto& { return c.timeouts.body; },
      "For the whole body of a request; 408 if exceeded."));
  all.push_back(duration(
      "timeouts.idle", least, [](Config & c) -> auto& { return c.timeouts.idle; },
      "Between two requests of a connection."));
  all.push_back(duration(
      "timeouts.write", least, [](Config & c) -> auto& { return c.timeouts.write; },
      "For the client to read one response."));
  all.push_back(duration(
      "timeouts.drain", least, [](Config & c) -> auto& { return c.timeouts.drain; },
      "For requests in progress when the server is stopped."));
}

void add_workers(std::vector<Setting>& all) {
  all.push_back(number(
      "workers.blocking", 0, 256, [](Config & c) -> auto& { return c.blocking_workers; },
      "Threads for blocking requests; 0: 16, or 64 with a remote store."));
  all.push_back(number(
      "workers.blocking_queue", 1, 65536, [](Config & c) -> auto& { return c.blocking_queue; },
      "Blocking requests that may be queued; 503 if exceeded."));
  all.push_back(number(
      "workers.hashing", 0, 256, [](Config & c) -> auto& { return c.accounts.workers; },
      "Threads that hash passwords; 0: one less than the number of processors."));
  all.push_back(number(
      "workers.hashing_queue", 1, 1024, [](Config & c) -> auto& { return c.accounts.queue; },
      "Log-ins and sign-ups that may be queued; 503 if exceeded."));
}

Setting store_url() {
  Setting setting =
      checked(text(
                  "store.url", "a path or URL, such as redis://HOST; docs/operate.md lists them",
                  [](Config & c) -> auto& { return c.store_url; },
                  "Where users and sessions are stored; not set: latchkey.db in server.data."),
              IfEmpty::refuse, [](std::string_view url) {
                const Result<StoreUrl> parsed = parse_store_url(url);
                return parsed ? std::string{} : parsed.error().detail;
              });
  setting.masked = true;
  setting.set = [](Config& config, const SettingValue& value) {
    const std::string& url = value.texts.front();
    if (!parse_store_url(url)) return false;
    config.store_url = url;
    config.store.url_source = nullptr;
    if (!value.file.empty()) {
      config.store.url_source = [path = value.file] { return read_value_file(path); };
    }
    return true;
  };
  return setting;
}

// Engines and system calls count milliseconds in 32 bits.
constexpr Millis kLongWait = std::chrono::hours{1};

void add_store(std::vector<Setting>& all) {
  all.push_back(store_url());
  all.push_back(duration(
      "store.busy_timeout", Millis{1}, [](Config & c) -> auto& { return c.store.write_timeout; },
      "How long a write waits for another process.", kLongWait));
  all.push_back(duration(
      "store.read_timeout", Millis{1}, [](Config & c) -> auto& { return c.store.read_timeout; },
      "How long a read waits.", kLongWait));
  all.push_back(duration(
      "store.watch_every", Millis{1}, [](Config & c) -> auto& { return c.store.watch_every; },
      "How often to check for changes by other processes.", kLongWait));
  all.push_back(duration(
      "store.prune_every", Millis{1000}, [](Config & c) -> auto& { return c.prune_every; },
      "How often to delete sessions that expired more than a day ago."));
  all.push_back(duration(
      "store.start_wait", Millis{0}, [](Config & c) -> auto& { return c.start_wait; },
      "How long the first start, which creates the keys, waits for an unreachable store; later "
      "starts do not wait and answer 503 until it is up."));
  all.push_back(duration(
      "events.retention", Millis{0}, [](Config & c) -> auto& { return c.event_retention; },
      "How long to keep events such as log-ins and failed log-ins; 0: keep none."));
  all.push_back(boolean(
      "cache.enabled", [](Config & c) -> auto& { return c.cache; },
      "Keep copies of sessions in memory."));
  all.push_back(number(
      "cache.max_entries", 1, 100'000'000,
      [](Config & c) -> auto& { return c.near_cache.max_entries; }, "Most sessions in the cache."));
  all.push_back(duration(
      "cache.max_age", Millis{1}, [](Config & c) -> auto& { return c.near_cache.max_age; },
      "No copy is older than this."));
}

void add_session(std::vector<Setting>& all) {
  all.push_back(preset());
  all.push_back(duration(
      "session.idle", Millis{0}, [](Config & c) -> auto& { return c.policy.idle; },
      "A session expires after this long without use; 0: no limit."));
  all.push_back(duration(
      "session.absolute", Millis{0}, [](Config & c) -> auto& { return c.policy.absolute; },
      "A session expires at this age; 0: no limit."));
  all.push_back(boolean(
      "session.sliding", [](Config & c) -> auto& { return c.policy.sliding; },
      "Whether use of a session extends the idle deadline."));
  all.push_back(duration(
      "session.last_seen_every", Millis{0},
      [](Config & c) -> auto& { return c.policy.last_seen_every; },
      "How stale \"last seen\" may get."));
  all.push_back(boolean(
      "session.persistent", [](Config & c) -> auto& { return c.policy.persistent; },
      "Whether a remembered session survives the browser's restart."));
  all.push_back(boolean(
      "session.renew_cookie", [](Config & c) -> auto& { return c.policy.renew_cookie; },
      "Write the cookie again when the deadline moves."));
  all.push_back(duration(
      "session.browser_idle", Millis{1000},
      [](Config & c) -> auto& { return c.policy.browser_idle; },
      "Idle limit without \"remember me\"."));
  all.push_back(duration(
      "session.browser_absolute", Millis{1000},
      [](Config & c) -> auto& { return c.policy.browser_absolute; },
      "Age limit without \"remember me\"."));
  all.push_back(duration(
      "session.guest", Millis{1000}, [](Config & c) -> auto& { return c.policy.guest; },
      "Life of a guest session."));
  using CarrierName = std::pair<std::string_view, Carrier>;
  all.push_back(choice(
      "session.carrier",
      std::array{CarrierName{"stored", Carrier::stored},
                 CarrierName{"encrypted_id", Carrier::encrypted_id},
                 CarrierName{"hybrid", Carrier::hybrid}, CarrierName{"sealed", Carrier::sealed},
                 CarrierName{"signed", Carrier::signed_token}},
      [](Config & c) -> auto& { return c.carrier; },
      "What the cookie contains; docs/carriers.md compares the carriers."));
  all.push_back(duration(
      "session.snapshot", Millis{1000}, [](Config & c) -> auto& { return c.snapshot; },
      "hybrid: how long a snapshot answers reads.", std::chrono::minutes{5}));
  add_device_binding(all);
  all.push_back(number(
      "session.max_chunks", 1, 4, [](Config & c) -> auto& { return c.max_chunks; },
      "Most cookies that a long session may be split into."));
  all.push_back(number(
      "session.seal_format", 1, 2, [](Config & c) -> auto& { return c.seal_format; },
      "Format that sealed and hybrid write; use 2 if no older version has to read it."));
  all.push_back(number(
      "session.max_per_user", 0, 100'000, [](Config & c) -> auto& { return c.policy.max_per_user; },
      "Most sessions of one user; beyond it, the longest idle session ends. 0: no limit."));
}

void add_keys(std::vector<Setting>& all) {
  using SourceName = std::pair<std::string_view, KeySource>;
  all.push_back(choice(
      "keys.source",
      std::array{SourceName{"file", KeySource::file},
                 SourceName{"environment", KeySource::environment},
                 SourceName{"store", KeySource::store}},
      [](Config & c) -> auto& { return c.key_source; },
      "Source of the carriers' keys; docs/operate.md compares the sources."));
}

// Beyond these bounds Accounts refuses to work (R72, R74).
void add_passwords_and_log(std::vector<Setting>& all) {
  all.push_back(number(
      "password.memory_kib", 19456, crypto::kMostArgon2Cost.memory_kib,
      [](Config & c) -> auto& { return c.accounts.cost.memory_kib; },
      "Argon2id: memory of one hash in KiB."));
  all.push_back(number(
      "password.iterations", 2, crypto::kMostArgon2Cost.iterations,
      [](Config & c) -> auto& { return c.accounts.cost.iterations; }, "Argon2id: passes."));
  all.push_back(number(
      "password.parallelism", 1, crypto::kMostArgon2Cost.parallelism,
      [](Config & c) -> auto& { return c.accounts.cost.parallelism; }, "Argon2id: lanes."));
  all.push_back(text(
      "password.pepper_file", "a file with mode 600",
      [](Config & c) -> auto& { return c.pepper_file; },
      "Secrets that are mixed into hashes, one per line, the newest first; empty: none."));
  all.push_back(text(
      "password.leaked_list", "a directory or a file",
      [](Config & c) -> auto& { return c.leaked_list; },
      "SHA-1 ranges of leaked passwords, refused as new passwords; docs/operate.md. Empty: no "
      "list."));
  all.push_back(checked(text(
                            "metrics.listen", std::string{kListenForm},
                            [](Config & c) -> auto& { return c.metrics_listen; },
                            "Where to serve GET /metrics and GET /status; empty: nowhere."),
                        IfEmpty::off, [](std::string_view address) {
                          return parse_listen_address(address)
                                     ? std::string{}
                                     : "write " + std::string{kListenForm};
                        }));
  all.push_back(
      checked(text(
                  "admin.listen", "unix:/PATH", [](Config & c) -> auto& { return c.admin_listen; },
                  "Where to serve the admin API, with mode 0600; empty: nowhere."),
              IfEmpty::off, [](std::string_view text) -> std::string {
                const auto address = parse_listen_address(text);
                if (address && address->is_file()) return {};
                return "write unix:/PATH: anyone who reaches it may do everything";
              }));
  using LevelName = std::pair<std::string_view, LogLevel>;
  all.push_back(choice(
      "log.level",
      std::array{LevelName{"debug", LogLevel::debug}, LevelName{"info", LogLevel::info},
                 LevelName{"warn", LogLevel::warn}, LevelName{"error", LogLevel::error}},
      [](Config & c) -> auto& { return c.log_level; }, "What is logged to standard error."));
  using FormatName = std::pair<std::string_view, LogFormat>;
  all.push_back(choice(
      "log.format",
      std::array{FormatName{"json", LogFormat::json}, FormatName{"text", LogFormat::text}},
      [](Config & c) -> auto& { return c.log_format; },
      "One JSON object per line, or text for people."));
  all.push_back(boolean(
      "log.requests", [](Config & c) -> auto& { return c.log_requests; },
      "Log each response as the event request."));
}

std::string toml_value(const Setting& setting, const SettingValue& value) {
  if (setting.kind == SettingKind::list && !(setting.alone && value.texts.size() == 1)) {
    std::string list = "[";
    for (const std::string& entry : value.texts) {
      if (list.size() > 1) list.append(", ");
      list.append(quote_text(entry));
    }
    return list.append("]");
  }
  const std::string& text = value.texts.front();
  if (setting.kind == SettingKind::number || setting.kind == SettingKind::boolean) return text;
  return quote_text(setting.masked ? without_password(text) : text);
}

}  // namespace

std::span<const Setting> settings() {
  static const std::vector<Setting> all = [] {
    std::vector<Setting> made;
    add_server(made);
    add_bounds(made);
    add_workers(made);
    add_store(made);
    add_session(made);
    add_keys(made);
    add_verify(made);
    add_migrate(made);
    add_guessing(made);
    add_mail(made);
    add_pages(made);
    add_passwords_and_log(made);
    return made;
  }();
  return all;
}

const Setting* find_setting(std::string_view key) {
  const auto all = settings();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Setting& s) { return s.key == key; });
  return found == all.end() ? nullptr : &*found;
}

std::string environment_name(std::string_view key) {
  std::string name = "LATCHKEY_";
  for (const char c : key) {
    name.push_back(c == '.' ? '_' : (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c);
  }
  return name;
}

std::string quote_text(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) {
      constexpr std::string_view kDigits = "0123456789ABCDEF";
      quoted.append("\\u00").append(1, kDigits[octet >> 4]).append(1, kDigits[octet & 15]);
      continue;
    }
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  return quoted.append("\"");
}

std::string print_config(const Config& config) {
  std::string out;
  std::string_view section;
  for (const Setting& setting : settings()) {
    const std::size_t dot = setting.key.find('.');
    if (setting.key.substr(0, dot) != section) {
      section = setting.key.substr(0, dot);
      out.append(out.empty() ? "[" : "\n[").append(section).append("]\n");
    }
    const SettingValue value = setting.get(config);
    const std::string_view name = setting.key.substr(dot + 1);
    if (setting.needs_text && value.texts.front().empty()) {
      out.append("# ").append(name).append(" is not set\n");
      continue;
    }
    out.append(name).append(" = ").append(toml_value(setting, value)).append("\n");
  }
  return out;
}

}  // namespace latchkey::server
