#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "server/settings/config.h"

namespace latchkey::server {

// SettingValue is a value before it is understood: one text, or several for a list.
struct SettingValue {
  std::vector<std::string> texts;
  bool list = false;
  std::string file{};  // where it was read, when a variable LATCHKEY_..._FILE named it

  static SettingValue one(std::string text) { return {{std::move(text)}}; }
};

enum class SettingKind : std::uint8_t { text, number, boolean, list };

// Setting is one key of the configuration, the same in file, environment and flags.
struct Setting {
  std::string_view key;  // section.name
  SettingKind kind;
  std::string form;  // what a value must look like, for messages
  std::string_view help;
  std::function<bool(Config&, const SettingValue&)> set;  // false: not of that form
  std::function<SettingValue(const Config&)> get;
  // why tells what is wrong with a value that `set` refuses, and what to write. An empty function,
  // or empty text: it is not of that form.
  std::function<std::string(const SettingValue&)> why{};
  bool needs_text = false;  // empty text is refused; print_config leaves it out
  bool masked = false;      // it may hold a password, which is never shown
  bool alone = false;       // a list; one entry may be written as a text, without brackets
};

// settings lists all of them, in the order in which they must be applied: session.preset comes
// before what refines it.
std::span<const Setting> settings();
const Setting* find_setting(std::string_view key);

// environment_name returns LATCHKEY_SECTION_NAME.
std::string environment_name(std::string_view key);

// quote_text returns `text` in quotes, control characters escaped as in TOML.
std::string quote_text(std::string_view text);

// print_config writes `config` as a file that load_config reads. A text that may not be empty, and
// was not set, stands there as a comment.
std::string print_config(const Config& config);

}  // namespace latchkey::server
