#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "latchkey/store.h"
#include "latchkey/time.h"
#include "server/settings/config.h"

// The store of a server, for the commands of an operator that work beside it.
namespace latchkey::cli {

// StoreInput says which server is meant, as the flags of `latchkey serve` do.
struct StoreInput {
  std::string data;
  std::string store;
  std::string config;
};
void add_store_options(CLI::App& command, StoreInput& input);

struct ServerStore {
  server::Config config;
  std::unique_ptr<Store> store;
};

// open_server_store opens the store that a server with these flags, this configuration file and
// this environment would open. It makes nothing: a directory or database that is not there is
// bad_config, with what to do about it.
enum class Access : bool { read, write };
Result<ServerStore> open_server_store(const StoreInput& input, Access access);

// The deadlines of requests do not hold for the work of an operator.
inline constexpr Millis kPatience = std::chrono::seconds{30};

// fail prints the error and returns the exit code that goes with it.
int fail(const Error& error);

}  // namespace latchkey::cli
