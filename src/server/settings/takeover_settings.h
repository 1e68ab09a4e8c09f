#pragma once

#include <vector>

#include "server/settings/settings.h"

namespace latchkey::server {

// add_migrate adds the settings of the migration window.
void add_migrate(std::vector<Setting>& all);

}  // namespace latchkey::server
