#pragma once

#include "server/http/server.h"
#include "server/late_application.h"
#include "server/metrics/server.h"
#include "server/settings/config.h"

namespace latchkey::server {

// metrics_source tells of `server` and `application`, which must outlive it.
MetricsSource metrics_source(const Config& config, const HttpServer& server,
                             const LateApplication& application);

}  // namespace latchkey::server
