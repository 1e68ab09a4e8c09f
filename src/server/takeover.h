#pragma once

#include <memory>

#include "auth/takeover.h"
#include "base/metrics.h"
#include "server/settings/config.h"

namespace latchkey::server {

// make_takeover opens what the configuration names; nothing when there is no window. bad_config
// says what an operator can do.
Result<std::shared_ptr<Takeover>> make_takeover(const MigrateConfig& config, Metrics& metrics);

}  // namespace latchkey::server
