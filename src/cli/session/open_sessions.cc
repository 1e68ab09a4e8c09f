#include "cli/session/open_sessions.h"

#include "latchkey/carrier.h"
#include "server/files/data_directory.h"
#include "server/keys/source.h"

namespace latchkey::cli {
namespace {

Result<std::shared_ptr<const SharedKeyRing>> keys_of(const ServerStore& server) {
  server::OpenedData data;
  if (server.config.key_source == server::KeySource::file) {
    auto file = server::read_key_file(server::key_file_path(server.config.data));
    if (!file) return file.error();
    data.keys = *std::move(file);
  }
  auto opened = server::open_keys(server.config, data, *server.store, system_entropy());
  if (!opened) return opened.error();
  return std::make_shared<const SharedKeyRing>(std::move(opened->ring));
}

}  // namespace

Result<ServerSessions> open_sessions(const StoreInput& input, Access access) {
  auto server = open_server_store(input, access);
  if (!server) return server.error();
  SessionsOptions options{.policy = server->config.policy};
  if (is_stateless(server->config.carrier)) {
    options.carrier = server->config.carrier;
    auto keys = keys_of(*server);
    if (!keys) return keys.error();
    options.keys = *std::move(keys);
  }
  auto events = std::make_unique<EventLog>(
      server->store->events(), EventLogOptions{.retention = server->config.event_retention});
  if (access == Access::write) options.events = events.get();
  auto sessions = Sessions::open(*server->store, std::move(options));
  if (!sessions) return sessions.error();
  return ServerSessions{*std::move(server), std::move(events), *std::move(sessions)};
}

}  // namespace latchkey::cli
