#pragma once

#include <string>

#include "http/readiness.h"
#include "latchkey/lookup.h"
#include "latchkey/near_cache.h"

namespace latchkey::server {

// readiness_metrics tells whether this node is ready and how often probes of the store failed;
// nullptr: it has no store yet.
std::string readiness_metrics(http::Readiness* readiness);

// store_metrics tells how the way to the store does, in the exposition format of Prometheus. What
// is nullptr is left out.
std::string store_metrics(NearCache* cache, const Lookup* lookup);

}  // namespace latchkey::server
