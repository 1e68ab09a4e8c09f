#include "cli/store_input.h"

#include <sys/stat.h>

#include "cli/command.h"
#include "cli/config_input.h"
#include "cli/report.h"
#include "latchkey/open_store.h"
#include "server/files/data_directory.h"
#include "server/files/private_path.h"
#include "server/keys/file.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

bool is_there(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0;
}

Result<void> check_own_database(const std::string& directory) {
  if (!is_there(directory)) {
    return Error{Errc::bad_config,
                 "there is no data directory " + directory +
                     ": name the server's with --data DIR, or its store with --store URL"};
  }
  const std::string database = server::database_path(directory);
  if (!is_there(database)) {
    return Error{Errc::bad_config, "there is no database " + database +
                                       ": start `latchkey serve --data " + directory +
                                       "` once, which makes it"};
  }
  return server::check_private_database(directory, database);
}

}  // namespace

void add_store_options(CLI::App& command, StoreInput& input) {
  CLI::Option_group* group = command.add_option_group("The server");
  group->add_option("--data", input.data, "Its data directory (latchkey-data)")
      ->type_name("DIR")
      ->check(not_empty());
  group->add_option("--store", input.store, "Its store, when that is not in the data directory")
      ->type_name("URL")
      ->check(not_empty());
  group->add_option("--config", input.config, "Its configuration file")
      ->type_name("FILE")
      ->check(not_empty());
}

Result<ServerStore> open_server_store(const StoreInput& input, Access access) {
  std::vector<FlagValue> flags;
  if (!input.data.empty()) flags.push_back({"--data", "server.data", input.data});
  if (!input.store.empty()) flags.push_back({"--store", "store.url", input.store});
  auto config = read_config(input.config, flags);
  if (!config) return config.error();
  const bool own = config->store_url.empty();
  if (own) {
    if (Result<void> there = check_own_database(config->data); !there) return there.error();
  }
  OpenStoreOptions options = config->store;
  options.create = false;
  options.read_only = access == Access::read;
  options.read_timeout = options.write_timeout = kPatience;
  // With --store alone, a data directory that happens to be here may be of another server.
  if (own || input.store.empty() || !input.data.empty()) {
    const auto keys = server::read_key_file(server::key_file_path(config->data));
    if (keys) options.expected_instance = keys->instance;
  }
  auto store = open_store(own ? "sqlite:" + server::database_path(config->data) : config->store_url,
                          options);
  if (!store) return store.error();
  return ServerStore{std::move(*config), std::move(*store)};
}

int fail(const Error& error) {
  const int code = error.code == Errc::bad_config ? server::kExitUsage : server::kExitFailed;
  return complain(code, error.detail.empty() ? std::string{error_name(error.code)} : error.detail);
}

}  // namespace latchkey::cli
