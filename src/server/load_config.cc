#include "server/load_config.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "latchkey/client_address.h"
#include "latchkey/cookie.h"
#include "server/toml.h"
#include "server/units.h"

namespace latchkey::server {
namespace {

Error bad(std::string text) { return Error{Errc::bad_config, std::move(text)}; }

std::optional<std::string> read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return std::nullopt;
  std::ostringstream text;
  text << file.rdbuf();
  if (file.bad()) return std::nullopt;
  return std::move(text).str();
}

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* number = node.as_integer()) return std::to_string(number->get());
  if (const auto* truth = node.as_boolean()) return std::string{truth->get() ? "true" : "false"};
  return std::nullopt;
}

bool has_kind(const Setting& setting, const toml::node& node) {
  switch (setting.kind) {
    case SettingKind::text:
      return node.is_string();
    case SettingKind::number:
      return node.is_integer();
    case SettingKind::boolean:
      return node.is_boolean();
    case SettingKind::list:
      return node.is_array();
  }
  return false;
}

Result<SettingValue> file_value(const Setting& setting, const toml::node& node,
                                const std::string& origin) {
  const Error wrong = bad(origin + ": " + std::string{setting.key} + " must be " + setting.form);
  if (!has_kind(setting, node)) return wrong;
  SettingValue value{{}, setting.kind == SettingKind::list};
  if (const auto* array = node.as_array()) {
    for (const toml::node& entry : *array) {
      if (!entry.is_string()) return wrong;
      value.texts.push_back(*scalar_text(entry));
    }
  } else {
    value.texts.push_back(*scalar_text(node));
  }
  return value;
}

std::string closest_help(std::string_view key) {
  const std::size_t dot = key.find('.');
  std::string names;
  for (const Setting& setting : settings()) {
    if (dot == std::string_view::npos || !setting.key.starts_with(key.substr(0, dot + 1))) continue;
    names.append(names.empty() ? "; known here: " : ", ");
    names.append(setting.key.substr(dot + 1));
  }
  return names.empty() ? "; `latchkey serve --print-config` lists all keys" : names;
}

Result<void> read_section(std::string_view section, const toml::table& table,
                          const std::string& name, SourcedValues& values) {
  for (const auto& [key_node, node] : table) {
    const std::string key = std::string{section}.append(".").append(key_node.str());
    const std::string origin = name + ":" + std::to_string(key_node.source().begin.line);
    const Setting* setting = find_setting(key);
    if (setting == nullptr) return bad(origin + ": unknown key " + key + closest_help(key));
    Result<SettingValue> value = file_value(*setting, node, origin);
    if (!value) return value.error();
    values[key] = {std::move(*value), origin};
  }
  return {};
}

SettingValue split(const Setting& setting, std::string_view text) {
  if (setting.kind != SettingKind::list) return SettingValue::one(std::string{text});
  SettingValue value{{}, true};
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) value.texts.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return value;
}

// A variable of a known section must be a known key; others, such as LATCHKEY_PORT that Kubernetes
// makes for a service of that name, are not ours.
bool is_ours(std::string_view name) {
  const auto all = settings();
  return std::any_of(all.begin(), all.end(), [&](const Setting& setting) {
    return name.starts_with(environment_name(setting.key.substr(0, setting.key.find('.') + 1)));
  });
}

Result<void> read_variable(std::string_view name, std::string_view text, SourcedValues& values) {
  for (const Setting& setting : settings()) {
    const std::string variable = environment_name(setting.key);
    const std::string origin = "environment variable " + std::string{name};
    if (name == variable) {
      values[std::string{setting.key}] = {split(setting, text), origin};
      return {};
    }
    if (name != variable + "_FILE") continue;
    std::optional<std::string> content = read_file(std::string{text});
    if (!content) return bad(origin + ": the file it names cannot be read");
    while (!content->empty() && (content->back() == '\n' || content->back() == '\r')) {
      content->pop_back();
    }
    values[std::string{setting.key}] = {split(setting, *content), origin};
    return {};
  }
  if (!is_ours(name)) return {};
  return bad("unknown environment variable " + std::string{name} +
             "; `latchkey serve --print-config` lists all keys");
}

Result<void> check_migrate(const MigrateConfig& config) {
  const bool any = !config.lucia_database.empty() || !config.iron_session_cookie.empty() ||
                   !config.authjs_cookie.empty() || !config.jwt_cookie.empty();
  if (any && !config.until) {
    return bad("migrate.until must say when the migration window ends");
  }
  if (config.iron_session_cookie.empty() != config.iron_session_password_file.empty()) {
    return bad(
        "migrate.iron_session_cookie and migrate.iron_session_password_file need each other");
  }
  if (config.jwt_cookie.empty() != config.jwt_secret_file.empty()) {
    return bad("migrate.jwt_cookie and migrate.jwt_secret_file need each other");
  }
  if (config.authjs_cookie.empty() != config.authjs_secret_file.empty()) {
    return bad("migrate.authjs_cookie and migrate.authjs_secret_file need each other");
  }
  return {};
}

Result<void> check_together(const Config& config) {
  if (const std::string_view wrong = validate_policy(config.policy); !wrong.empty()) {
    return bad("session: " + std::string{wrong});
  }
  if (config.limits.header_bytes < config.limits.request_line) {
    return bad("limits.header_bytes must not be less than limits.request_line");
  }
  // All chunks come back in one field, and the rest of the head needs room beside them.
  const std::size_t cookies = config.max_chunks * kMaxCookieBytes + 8192;
  if (config.max_chunks > 1 && config.limits.header_bytes < cookies) {
    return bad("limits.header_bytes must be at least " + std::to_string(cookies) +
               " for session.max_chunks = " + std::to_string(config.max_chunks));
  }
  if (Result<void> fine = check_migrate(config.migrate); !fine) return fine.error();
  if (!config.metrics_listen.empty() && !parse_host_port(config.metrics_listen)) {
    return bad("metrics.listen must be HOST:PORT, such as \"127.0.0.1:9470\"");
  }
  if (const auto proxies = guard::TrustedProxies::parse(config.trusted_proxies); !proxies) {
    return bad("server.trusted_proxies: " + proxies.error().detail);
  }
  return {};
}

}  // namespace

Result<void> read_config_text(std::string_view toml, const std::string& name,
                              SourcedValues& values) {
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return bad(name + ":" + std::to_string(error.source().begin.line) + ": " +
               std::string{error.description()});
  }
  for (const auto& [key, node] : parsed.table()) {
    const toml::table* section = node.as_table();
    if (section == nullptr) {
      return bad(name + ":" + std::to_string(key.source().begin.line) + ": unknown key " +
                 std::string{key.str()} + "; keys stand in a section such as [server]");
    }
    if (Result<void> read = read_section(key.str(), *section, name, values); !read) return read;
  }
  return {};
}

Result<void> read_config_file(const std::string& path, SourcedValues& values) {
  const std::optional<std::string> text = read_file(path);
  if (!text) return bad("the configuration file " + path + " cannot be read");
  return read_config_text(*text, path, values);
}

Result<void> read_environment(const std::vector<std::string>& environment, SourcedValues& values) {
  for (const std::string_view entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with("LATCHKEY_") || equals == std::string_view::npos) continue;
    Result<void> read = read_variable(entry.substr(0, equals), entry.substr(equals + 1), values);
    if (!read) return read;
  }
  return {};
}

Result<void> set_from_flag(std::string_view flag, std::string_view key, std::string_view text,
                           SourcedValues& values) {
  const Setting* setting = find_setting(key);
  if (setting == nullptr) {
    return bad(std::string{flag} + ": unknown key " + std::string{key} + closest_help(key));
  }
  values[std::string{key}] = {split(*setting, text), std::string{flag}};
  return {};
}

Result<Config> load_config(const SourcedValues& values) {
  Config config;
  for (const Setting& setting : settings()) {
    const auto found = values.find(setting.key);
    if (found == values.end()) continue;
    if (!setting.set(config, found->second.value)) {
      return bad(found->second.origin + ": " + std::string{setting.key} + " must be " +
                 setting.form + ", not \"" + found->second.value.texts.front() + "\"");
    }
  }
  if (Result<void> checked = check_together(config); !checked) return checked.error();
  return config;
}

}  // namespace latchkey::server
