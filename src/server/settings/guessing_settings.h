#pragma once

#include <vector>

#include "server/settings/settings.h"

namespace latchkey::server {

// add_guessing adds the settings of accounts and of the limits that stop guessing.
void add_guessing(std::vector<Setting>& all);

}  // namespace latchkey::server
