#include "cli/user/user_input.h"

#include "http/admin/operator_json.h"
#include "server/keys/pepper_file.h"
#include "server/settings/leaked_list.h"

namespace latchkey::cli {

int with_users(const StoreInput& input, Access access, const UserWork& body) {
  auto opened = open_server_store(input, access);
  if (!opened) return fail(opened.error());
  auto peppers = server::read_peppers(opened->config);
  if (!peppers) return fail(peppers.error());
  auto leaked = server::open_leaked_list(opened->config);
  if (!leaked) return fail(leaked.error());
  auto admin = UserAdmin::make(*opened->store, {.cost = opened->config.accounts.cost,
                                                .peppers = *std::move(peppers),
                                                .site_name = opened->config.public_url,
                                                .is_leaked = *std::move(leaked)});
  if (!admin) return fail(admin.error());
  return body(*admin, *opened->store);
}

std::string user_json(const User& user) { return http::operator_json(user); }

}  // namespace latchkey::cli
