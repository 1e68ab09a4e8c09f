#pragma once

#include "latchkey/leaked_passwords.h"
#include "server/settings/config.h"

namespace latchkey::server {

// open_leaked_list opens password.leaked_list; no check when it is not set.
Result<PasswordCheck> open_leaked_list(const Config& config);

}  // namespace latchkey::server
