#include "server/settings/device_settings.h"

#include <array>
#include <string_view>
#include <utility>

#include "server/settings/setting_kinds.h"

namespace latchkey::server {

void add_device_binding(std::vector<Setting>& all) {
  using BindingName = std::pair<std::string_view, DeviceBinding>;
  all.push_back(choice(
      "session.device_binding",
      std::array{BindingName{"off", DeviceBinding::off},
                 BindingName{"prefer", DeviceBinding::prefer},
                 BindingName{"require", DeviceBinding::require}},
      [](Config & c) -> auto& { return c.device_binding.mode; },
      "Bind sessions to a key of the browser; docs/device_binding.md."));
  all.push_back(duration(
      "session.bound_cookie_life", Millis{1000},
      [](Config & c) -> auto& { return c.device_binding.cookie_life; },
      "How long a bound session works before the browser must prove its key again.",
      std::chrono::minutes{10}));
}

}  // namespace latchkey::server
