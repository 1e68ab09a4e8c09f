#pragma once

#include "server/settings/config.h"

namespace latchkey::server {

// use_brand gives the pages the name, the color and the logo of the site, before the first of them
// is made. bad_config: the logo cannot be used.
Result<void> use_brand(const Config& config);

}  // namespace latchkey::server
