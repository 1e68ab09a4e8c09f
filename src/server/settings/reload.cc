#include "server/settings/reload.h"

#include <algorithm>

#include "server/settings/settings.h"

namespace latchkey::server {

// What Auth, the store and the sockets were made with stays; so do limits, which a parser keeps for
// the life of its connection, and which copies the near cache keeps.
bool is_live(std::string_view key) noexcept {
  if (key == "verify.on_store_error" || key == "verify.max_stale") return false;
  return key.starts_with("log.") || key.starts_with("timeouts.") || key.starts_with("verify.");
}

Reload take_live(Config& config, const Config& wanted) {
  Reload reload;
  for (const Setting& setting : settings()) {
    const SettingValue value = setting.get(wanted);
    if (value.texts == setting.get(config).texts) continue;
    if (is_live(setting.key) && setting.set(config, value)) {
      reload.applied.emplace_back(setting.key);
    } else {
      reload.need_restart.emplace_back(setting.key);
    }
  }
  return reload;
}

}  // namespace latchkey::server
