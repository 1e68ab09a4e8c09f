#pragma once

#include <vector>

#include "server/settings/settings.h"

namespace latchkey::server {

// add_device_binding adds the settings of device-bound sessions.
void add_device_binding(std::vector<Setting>& all);

}  // namespace latchkey::server
