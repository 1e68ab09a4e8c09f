#include <array>

#include "latchkey/entropy.h"
#include "latchkey/postgres.h"
#include "store/forked_store.h"
#include "store/postgres/preflight.h"
#include "store/postgres/records/counters.h"
#include "store/postgres/records/events.h"
#include "store/postgres/records/keys.h"
#include "store/postgres/records/one_time.h"
#include "store/postgres/records/sessions.h"
#include "store/postgres/records/users.h"
#include "store/postgres/scan.h"
#include "store/postgres/sql/schema.h"
#include "store/postgres/wire/listener.h"
#include "store/postgres/wire/notifier.h"

namespace latchkey {
namespace postgres {
namespace {

// Making tables takes longer than any other statement.
constexpr Millis kSchemaTimeout = std::chrono::seconds{30};

Result<void> check_options(const PostgresOptions& options) {
  const bool fine = options.read_timeout > Millis{0} && options.write_timeout > Millis{0} &&
                    options.connect_timeout > Millis{0} && options.watch_every > Millis{0};
  if (fine) return {};
  return Error{Errc::bad_config, "PostgresOptions: timeouts must be above 0"};
}

Result<std::int64_t> draw_origin() {
  std::array<std::uint8_t, 8> octets{};
  if (Result<void> drawn = system_entropy().fill(octets); !drawn) return drawn.error();
  std::uint64_t origin = 0;
  for (const std::uint8_t octet : octets) origin = origin << 8 | octet;
  return static_cast<std::int64_t>(origin);
}

struct Targets {
  Target pooled{};
  std::optional<Target> direct{};  // where LISTEN works
};

// listen_source returns where the URL of `source` says that LISTEN works.
UrlSource listen_source(const UrlSource& source) {
  if (!source) return nullptr;
  return [source]() -> Result<std::string> {
    const Result<std::string> url = source();
    if (!url) return url.error();
    Result<Target> target = parse_target(*url);
    if (!target) return target.error();
    return std::move(target->listen);
  };
}

Result<Targets> find_targets(const PostgresOptions& options) {
  Result<Target> pooled = parse_target(options.url);
  if (!pooled) return pooled.error();
  Targets targets{*std::move(pooled), std::nullopt};
  targets.pooled.url_source = options.url_source;
  if (!targets.pooled.listen.empty()) {
    Result<Target> direct = parse_target(targets.pooled.listen);
    if (!direct) return Error{Errc::bad_config, "listen: " + direct.error().detail};
    targets.direct = *std::move(direct);
    targets.direct->url_source = listen_source(options.url_source);
  } else if (targets.pooled.prepare) {
    targets.direct = targets.pooled;
  }
  return targets;
}

// In the order of dependence; destroyed from the end.
struct Parts {
  Parts(Targets targets, const std::shared_ptr<const Statements>& statements,
        Client::Settings settings, Millis watch_every)
      : client(std::move(targets.pooled), statements, std::move(settings)),
        notifier(client),
        listener(client, statements, std::move(targets.direct), watch_every),
        sessions(client, listener),
        users(client),
        keys(client),
        counters(client),
        one_time(client),
        events(client),
        meta(client),
        scan(client) {
    client.on_change([this] { notifier.tell(); });
  }

  Client client;
  Notifier notifier;
  Listener listener;
  PostgresSessions sessions;
  PostgresUsers users;
  PostgresKeys keys;
  DenyStore& denials = keys;
  PostgresCounters counters;
  PostgresOneTime one_time;
  PostgresEvents events;
  PostgresMeta meta;
  PostgresScan scan;
};

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options) {
  using namespace postgres;
  Result<void> fine = check_options(options);
  if (!fine) return fine.error();
  Result<Targets> targets = find_targets(options);
  if (!targets) return targets.error();
  Result<std::int64_t> origin = draw_origin();
  if (!origin) return origin.error();
  auto connection = Connection::open(targets->pooled, nullptr, after(options.connect_timeout));
  if (!connection) return connection.error();
  fine = check_server(**connection, targets->pooled, options.read_only,
                      after(options.connect_timeout));
  if (!fine) return fine.error();
  Result<OpenedSchema> opened = open_schema(**connection,
                                            {.schema = targets->pooled.schema,
                                             .create = options.create,
                                             .expected_instance = options.expected_instance,
                                             .adopt = options.adopt},
                                            after(kSchemaTimeout));
  if (!opened) return opened.error();
  if (!options.read_only) {
    fine = check_rights(**connection, opened->schema, after(options.connect_timeout));
    if (!fine) return fine.error();
  }
  if (!targets->pooled.listen.empty()) {
    fine = check_listen(*targets->direct, opened->schema, opened->meta.instance,
                        after(options.connect_timeout));
    if (!fine) return fine.error();
  }
  Client::Settings settings{.instance = opened->meta.instance,
                            .origin = *origin,
                            .read_timeout = options.read_timeout,
                            .write_timeout = options.write_timeout,
                            .connect_timeout = options.connect_timeout};
  return std::unique_ptr<Store>(std::make_unique<ForkedStore<Parts>>(make_fork_owned<Parts>(
      *std::move(targets), std::make_shared<const Statements>(opened->schema), std::move(settings),
      options.watch_every)));
}

}  // namespace latchkey
