#pragma once

#include <vector>

#include "http/verify/verify_options.h"
#include "server/settings/settings.h"

namespace latchkey::server {

// add_verify adds the settings of cookie.* and verify.*.
void add_verify(std::vector<Setting>& all);

// verify_settings makes of them what the service works with. Each has been checked; together they
// may still contradict each other (Errc::bad_config).
Result<http::VerifySettings> verify_settings(const Config& config);

}  // namespace latchkey::server
