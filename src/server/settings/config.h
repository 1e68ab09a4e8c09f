#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/log.h"
#include "latchkey/accounts.h"
#include "latchkey/carrier.h"
#include "latchkey/device_binding.h"
#include "latchkey/near_cache.h"
#include "latchkey/open_store.h"
#include "latchkey/policy.h"
#include "server/http/limits.h"
#include "server/listen/address.h"
#include "server/listen/socket_file.h"
#include "server/mail/mail_config.h"

namespace latchkey::server {

// KeySource is where the keys of the carriers come from.
enum class KeySource : std::uint8_t { file, environment, store };

// OnStoreError is what /v1/verify does while the store does not answer.
enum class OnStoreError : std::uint8_t { deny, stale };

enum class LogFormat : std::uint8_t { json, text };

// MigrateConfig says which sessions of other systems are taken over, and until when.
struct MigrateConfig {
  std::optional<UnixTime> until;
  bool keep_cookies = false;

  std::string lucia_database;  // empty: no sessions of Lucia
  std::string lucia_cookie = "auth_session";
  std::string lucia_session_table = "session";
  std::string lucia_user_table = "user";
  bool lucia_hashed = false;
  std::vector<std::string> lucia_expect;  // NAME, NAME=VALUE, as for the others

  std::string iron_session_cookie;  // empty: no sessions of iron-session
  std::string iron_session_password_file;
  std::string iron_session_user = "userId";
  std::vector<std::string> iron_session_expect;

  std::string authjs_cookie;  // empty: no sessions of Auth.js
  std::string authjs_secret_file;
  std::uint32_t authjs_version = 5;
  std::string authjs_user = "sub";
  std::vector<std::string> authjs_expect;

  std::string jwt_cookie;  // empty: no signed tokens
  std::string jwt_secret_file;
  std::string jwt_user = "userId";
  std::vector<std::string> jwt_expect;
  std::string jwt_type;  // empty: JWT, or none
  std::string jwt_issuer;
  std::string jwt_audience;
};

// Config is everything an operator can set. docs/configuration.md has the same list.
struct Config {
  std::vector<ListenAddress> listen{{.host = "127.0.0.1", .port = 4470}};
  SocketRights socket;            // of unix sockets in `listen`
  bool allow_plain_http = false;  // listen beyond loopback with an http public URL
  std::string public_url;         // empty: http://localhost:PORT, only while listening on loopback
  bool hsts_subdomains = false;
  std::string data = "latchkey-data";
  std::uint32_t threads = 0;
  std::uint32_t max_connections = 10000;
  std::uint32_t max_connections_per_address = 0;  // 0: a quarter of max_connections
  std::vector<std::string> trusted_proxies;

  ParserLimits limits;
  Timeouts timeouts;

  std::uint32_t blocking_workers = 0;
  std::uint32_t blocking_queue = 1024;
  // Its workers and queue are the hashing pool's, too. Sessions may be short and end without a
  // log-out, so a sign-up marks its browser at once.
  AccountsOptions accounts{.limits = {.device_at_sign_up = true}};
  std::string pepper_file;  // empty: none
  std::string leaked_list;  // likewise

  std::string store_url;   // empty: latchkey.db in `data`
  OpenStoreOptions store;  // create and expected_instance are filled in when it is opened
  Millis prune_every = std::chrono::seconds{60};
  Millis event_retention = std::chrono::days{90};  // 0: no events
  Millis start_wait = std::chrono::seconds{30};    // of the first start, for a store that is not up

  bool cache = true;
  NearCacheOptions near_cache;

  std::string preset = "default";
  Policy policy;
  Carrier carrier = Carrier::stored;
  Millis snapshot = std::chrono::seconds{60};
  DeviceBindingOptions device_binding;  // its paths are filled in when it is opened
  std::uint32_t max_chunks = 1;
  std::uint32_t seal_format = 1;

  KeySource key_source = KeySource::file;

  std::string cookie_domain;              // empty: the public URL's host alone
  std::vector<std::string> verify_rules;  // as http::PathRules reads them
  std::vector<std::string> verify_allowed_origins;
  bool verify_aliases = true;
  bool verify_data = false;
  bool allow_ambiguous_paths = false;
  OnStoreError on_store_error = OnStoreError::deny;
  Millis max_stale = std::chrono::seconds{60};

  MailConfig mail;
  Millis recent_login = std::chrono::minutes{5};
  std::string pages_name = "latchkey";
  std::string pages_logo;   // empty: the key
  std::string pages_color;  // empty: ours

  MigrateConfig migrate;
  std::string metrics_listen;  // empty: nobody can ask for metrics
  std::string admin_listen;    // empty: no admin API

  std::vector<std::string> old_names;  // settings that were given by a former name

  LogLevel log_level = LogLevel::info;
  LogFormat log_format = LogFormat::json;
  bool log_requests = false;
};

}  // namespace latchkey::server
