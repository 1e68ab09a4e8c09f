#pragma once

#include <memory>

#include "base/metrics.h"
#include "http/takeover.h"
#include "server/settings/config.h"

namespace latchkey::server {

// make_migration opens what the configuration names; nothing when there is no window. bad_config
// says what an operator can do.
Result<std::shared_ptr<http::Migration>> make_migration(const MigrateConfig& config,
                                                        Metrics& metrics);

}  // namespace latchkey::server
