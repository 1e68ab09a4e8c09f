#include "server/settings/load_config.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>

#include "base/bad_config.h"
#include "base/nearest.h"
#include "latchkey/client_address.h"
#include "latchkey/codec/cookie.h"
#include "server/settings/environment.h"
#include "server/settings/toml.h"

namespace latchkey::server {
namespace {

// Nothing: it cannot be read, or is a directory.
std::optional<std::string> read_file(const std::string& path) {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "rb"),
                                                             std::fclose);
  if (file == nullptr) return std::nullopt;
  std::string text;
  std::array<char, 4096> part{};
  while (const std::size_t got = std::fread(part.data(), 1, part.size(), file.get())) {
    text.append(part.data(), got);
  }
  if (std::ferror(file.get()) != 0) return std::nullopt;
  return text;
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
      return node.is_array() || (setting.alone && node.is_string());
  }
  return false;
}

Result<SettingValue> file_value(const Setting& setting, const toml::node& node,
                                const std::string& origin) {
  const Error wrong =
      bad_config(origin + ": " + std::string{setting.key} + " must be " + setting.form);
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

// The take-over of foreign sessions was called migrate, as the copy of a store is.
std::string current_name(std::string_view name, std::string_view before, std::string_view now) {
  if (!name.starts_with(before)) return std::string{name};
  return std::string{now}.append(name.substr(before.size()));
}
std::string current_key(std::string_view key) { return current_name(key, "migrate.", "takeover."); }

// What to write in the place of a key that does not exist.
std::string closest_help(std::string_view key) {
  std::vector<std::string_view> all;
  for (const Setting& setting : settings()) all.push_back(setting.key);
  const std::string_view meant = nearest(key, all);
  std::string help = meant.empty() ? "" : "; did you mean " + std::string{meant} + "?";
  const std::size_t dot = key.find('.');
  std::string names;
  for (const std::string_view one : all) {
    if (dot == std::string_view::npos || !one.starts_with(key.substr(0, dot + 1))) continue;
    names.append(names.empty() ? "; known here: " : ", ").append(one.substr(dot + 1));
  }
  if (names.empty()) names = "; `latchkey serve --print-config` lists all keys";
  return help + names;
}

bool is_section(std::string_view section) {
  const auto all = settings();
  return std::any_of(all.begin(), all.end(), [&](const Setting& setting) {
    return setting.key.substr(0, setting.key.find('.')) == section;
  });
}

Result<void> read_section(std::string_view section, const toml::table& table,
                          const std::string& name, SourcedValues& values) {
  if (table.empty() && !is_section(section)) {
    return bad_config(name + ":" + std::to_string(table.source().begin.line) +
                      ": unknown section [" + std::string{section} +
                      "]; `latchkey serve --print-config` lists all");
  }
  for (const auto& [key_node, node] : table) {
    const std::string written = std::string{section}.append(".").append(key_node.str());
    const std::string key = current_key(written);
    const std::string origin = name + ":" + std::to_string(key_node.source().begin.line);
    const Setting* setting = find_setting(key);
    if (setting == nullptr)
      return bad_config(origin + ": unknown key " + written + closest_help(key));
    Result<SettingValue> value = file_value(*setting, node, origin);
    if (!value) return value.error();
    values[key] = {std::move(*value), origin, key == written ? std::string{} : written};
  }
  return {};
}

SettingValue split(const Setting& setting, std::string_view text) {
  if (setting.kind != SettingKind::list) return SettingValue::one(std::string{text});
  SettingValue value{{}, true};
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view entry = text.substr(0, comma);
    while (entry.starts_with(' ')) entry.remove_prefix(1);
    while (entry.ends_with(' ')) entry.remove_suffix(1);
    if (!entry.empty()) value.texts.emplace_back(entry);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return value;
}

Result<SourcedValue> read_variable(const std::string& name, const Variable& variable,
                                   std::string_view text) {
  const std::string origin = "environment variable " + name;
  if (!variable.file) return SourcedValue{split(*variable.setting, text), origin, {}};
  const std::string path{text};
  const Result<std::string> content = read_value_file(path);
  if (!content) return bad_config(origin + ": " + content.error().detail);
  SourcedValue value{split(*variable.setting, *content), origin, {}};
  value.value.file = path;
  return value;
}

// What is wrong with `value`, which `setting` refuses.
std::string refusal(const Setting& setting, const SourcedValue& value) {
  const std::string where = value.origin + ": " + std::string{setting.key};
  const std::string reason = setting.why ? setting.why(value.value) : std::string{};
  std::string given;
  for (const std::string& text : value.value.texts) {
    if (!given.empty()) given.append(", ");
    given.append(quote_text(setting.masked ? without_password(text) : text.substr(0, 200)));
  }
  if (reason.empty()) return where + " must be " + setting.form + ", not " + given;
  // What a store is called may be a password in the wrong place; the reason repeats what may be.
  const bool repeat = !setting.masked && !given.empty() && given != "\"\"";
  return where + ": " + reason + (repeat ? " (it is " + given + ")" : "");
}

Result<void> check_migrate(const MigrateConfig& config) {
  const bool any = !config.lucia_database.empty() || !config.iron_session_cookie.empty() ||
                   !config.authjs_cookie.empty() || !config.jwt_cookie.empty();
  if (any && !config.until) {
    return bad_config("takeover.until must say when the window ends");
  }
  if (config.iron_session_cookie.empty() != config.iron_session_password_file.empty()) {
    return bad_config(
        "takeover.iron_session_cookie and takeover.iron_session_password_file need each other");
  }
  if (config.jwt_cookie.empty() != config.jwt_secret_file.empty()) {
    return bad_config("takeover.jwt_cookie and takeover.jwt_secret_file need each other");
  }
  if (config.authjs_cookie.empty() != config.authjs_secret_file.empty()) {
    return bad_config("takeover.authjs_cookie and takeover.authjs_secret_file need each other");
  }
  return {};
}

Result<void> check_together(const Config& config) {
  if (const std::string_view wrong = validate_policy(config.policy); !wrong.empty()) {
    return bad_config("session: " + std::string{wrong});
  }
  if (config.limits.header_bytes < config.limits.request_line) {
    return bad_config("limits.header_bytes must not be less than limits.request_line");
  }
  // All chunks come back in one field, and the rest of the head needs room beside them.
  const std::size_t cookies = config.max_chunks * kMaxCookieBytes + 8192;
  if (config.max_chunks > 1 && config.limits.header_bytes < cookies) {
    return bad_config("limits.header_bytes must be at least " + std::to_string(cookies) +
                      " for session.max_chunks = " + std::to_string(config.max_chunks));
  }
  if (Result<void> fine = check_migrate(config.migrate); !fine) return fine.error();
  return {};
}

}  // namespace

Result<std::string> read_value_file(const std::string& path) {
  std::optional<std::string> content = read_file(path);
  if (!content) return bad_config("the file it names cannot be read");
  while (!content->empty() && (content->back() == '\n' || content->back() == '\r')) {
    content->pop_back();
  }
  return std::move(*content);
}

Result<void> read_config_text(std::string_view toml, const std::string& name,
                              SourcedValues& values) {
  const toml::parse_result parsed = toml::parse(toml);
  if (!parsed) {
    const toml::parse_error& error = parsed.error();
    return bad_config(name + ":" + std::to_string(error.source().begin.line) + ": " +
                      std::string{error.description()});
  }
  for (const auto& [key, node] : parsed.table()) {
    const toml::table* section = node.as_table();
    if (section == nullptr) {
      return bad_config(name + ":" + std::to_string(key.source().begin.line) + ": unknown key " +
                        std::string{key.str()} + "; keys stand in a section such as [server]");
    }
    if (Result<void> read = read_section(key.str(), *section, name, values); !read) return read;
  }
  return {};
}

Result<void> read_config_file(const std::string& path, SourcedValues& values) {
  const std::optional<std::string> text = read_file(path);
  if (!text) return bad_config("the configuration file " + path + " cannot be read");
  return read_config_text(*text, path, values);
}

Result<void> read_environment(const std::vector<std::string>& environment, SourcedValues& values) {
  std::map<std::string_view, std::string> seen;  // by key: the variable that set it
  for (const std::string_view entry : environment) {
    const std::size_t equals = entry.find('=');
    if (!entry.starts_with("LATCHKEY_") || equals == std::string_view::npos) continue;
    const std::string name{entry.substr(0, equals)};
    const std::string current = current_name(name, "LATCHKEY_MIGRATE_", "LATCHKEY_TAKEOVER_");
    const Variable variable = find_variable(current);
    if (variable.setting == nullptr) {
      if (is_of_others(name, entry.substr(equals + 1))) continue;
      return bad_config(unknown_variable(name));
    }
    Result<SourcedValue> value = read_variable(name, variable, entry.substr(equals + 1));
    if (!value) return value.error();
    const std::string_view key = variable.setting->key;
    const auto [before, first] = seen.emplace(key, name);
    if (!first && values.find(key)->second.value.texts != value->value.texts) {
      return bad_config("environment variables " + before->second + " and " + name + " both set " +
                        std::string{key} + ", to different values: unset one of them");
    }
    if (current != name) value->old_name = name;
    values[std::string{key}] = std::move(*value);
  }
  return {};
}

Result<void> set_from_flag(std::string_view flag, std::string_view key, std::string_view text,
                           SourcedValues& values) {
  const std::string current = current_key(key);
  const Setting* setting = find_setting(current);
  if (setting == nullptr) {
    return bad_config(std::string{flag} + ": unknown key " + without_password(key) +
                      closest_help(current));
  }
  values[current] = {split(*setting, text), std::string{flag},
                     std::string{current == key ? std::string_view{} : key}};
  return {};
}

Result<Config> load_config(const SourcedValues& values) {
  Config config;
  for (const Setting& setting : settings()) {
    const auto found = values.find(setting.key);
    if (found == values.end()) continue;
    if (!found->second.old_name.empty()) config.old_names.push_back(found->second.old_name);
    if (!setting.set(config, found->second.value))
      return bad_config(refusal(setting, found->second));
  }
  if (Result<void> checked = check_together(config); !checked) return checked.error();
  return config;
}

}  // namespace latchkey::server
