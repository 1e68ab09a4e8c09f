#pragma once

#include <string>

#include "http/readiness.h"
#include "latchkey/auth.h"

namespace latchkey::server {

// readiness_metrics tells whether this node is ready and how often probes of the store failed;
// nullptr: it has no store yet.
std::string readiness_metrics(http::Readiness* readiness);

// store_metrics tells how the way to the store does, in the exposition format of Prometheus.
std::string store_metrics(const AuthStats& stats);

}  // namespace latchkey::server
