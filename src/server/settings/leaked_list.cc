#include "server/settings/leaked_list.h"

namespace latchkey::server {

Result<PasswordCheck> open_leaked_list(const Config& config) {
  if (config.leaked_list.empty()) return PasswordCheck{};
  auto list = leaked_password_list(config.leaked_list);
  if (list) return list;
  return Error{list.error().code, "password.leaked_list: " + list.error().detail};
}

}  // namespace latchkey::server
