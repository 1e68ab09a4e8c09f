#pragma once

#include <string>

#include "latchkey/lookup.h"
#include "latchkey/near_cache.h"

namespace latchkey::server {

// store_metrics tells how the way to the store does, in the exposition format of Prometheus. What
// is nullptr is left out.
std::string store_metrics(NearCache* cache, const Lookup* lookup);

}  // namespace latchkey::server
