#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/result.h"
#include "server/settings/config.h"

namespace latchkey::server {

// ConfigReader reads the settings again: the configuration file as it is now, under the environment
// and the flags of the start.
using ConfigReader = std::function<Result<Config>()>;

// is_live tells whether a running server can change the setting `key`.
bool is_live(std::string_view key) noexcept;

// Reload is what became of settings that were read again.
struct Reload {
  std::vector<std::string> applied{};       // keys of what has changed in `config`
  std::vector<std::string> need_restart{};  // keys of what is to change, but cannot
};

// take_live brings `config`, which is in force, to what `wanted` says, as far as it can be changed.
Reload take_live(Config& config, const Config& wanted);

}  // namespace latchkey::server
