#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/result.h"
#include "server/settings/config.h"
#include "server/settings/settings.h"

namespace latchkey::server {

// SourcedValue remembers where a value was written, for messages.
struct SourcedValue {
  SettingValue value;
  std::string origin;
  std::string old_name{};  // the former name by which it was given
};
// SourcedValues maps keys to values; a later source replaces what an earlier one said.
using SourcedValues = std::map<std::string, SourcedValue, std::less<>>;

// Each read_* function adds one source. Unknown keys are refused by name; failures are bad_config
// with a text that names the key, where it stands and what to write instead.
Result<void> read_config_file(const std::string& path, SourcedValues& values);
Result<void> read_config_text(std::string_view toml, const std::string& name,
                              SourcedValues& values);
// `environment` holds NAME=value texts. LATCHKEY_SECTION_KEY_FILE names a file with the value.
Result<void> read_environment(const std::vector<std::string>& environment, SourcedValues& values);
// read_value_file returns what such a file holds, without line ends behind it.
Result<std::string> read_value_file(const std::string& path);
// A flag may set any key; commas separate the entries of a list.
Result<void> set_from_flag(std::string_view flag, std::string_view key, std::string_view text,
                           SourcedValues& values);

// load_config turns the values into a Config and checks what depends on several of them.
Result<Config> load_config(const SourcedValues& values);

}  // namespace latchkey::server
