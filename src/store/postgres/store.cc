#include <array>

#include "latchkey/entropy.h"
#include "latchkey/postgres.h"
#include "store/postgres/keys.h"
#include "store/postgres/listener.h"
#include "store/postgres/notifier.h"
#include "store/postgres/scan.h"
#include "store/postgres/schema.h"
#include "store/postgres/sessions.h"
#include "store/postgres/users.h"

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

Result<Targets> find_targets(const std::string& url) {
  Result<Target> pooled = parse_target(url);
  if (!pooled) return pooled.error();
  Targets targets{*std::move(pooled), std::nullopt};
  if (!targets.pooled.listen.empty()) {
    Result<Target> direct = parse_target(targets.pooled.listen);
    if (!direct) return Error{Errc::bad_config, "listen: " + direct.error().detail};
    targets.direct = *std::move(direct);
  } else if (targets.pooled.prepare) {
    targets.direct = targets.pooled;
  }
  return targets;
}

class PostgresStore final : public Store {
 public:
  PostgresStore(Targets targets, const std::shared_ptr<const Statements>& statements,
                Client::Settings settings, Millis watch_every)
      : client_(std::move(targets.pooled), statements, std::move(settings)),
        notifier_(client_),
        listener_(client_, statements, std::move(targets.direct), watch_every),
        sessions_(client_, listener_),
        users_(client_),
        keys_(client_),
        meta_(client_),
        scan_(client_) {
    client_.on_change([this] { notifier_.tell(); });
  }

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return users_; }
  UserStore& users() override { return users_; }
  DenyStore& denials() override { return keys_; }
  KeyStore& keys() override { return keys_; }
  MetaStore& meta() override { return meta_; }
  ScanStore* scan() override { return &scan_; }

 private:
  Client client_;
  Notifier notifier_;
  Listener listener_;
  PostgresSessions sessions_;
  PostgresUsers users_;
  PostgresKeys keys_;
  PostgresMeta meta_;
  PostgresScan scan_;
};

}  // namespace
}  // namespace postgres

Result<std::unique_ptr<Store>> open_postgres(const PostgresOptions& options) {
  using namespace postgres;
  if (Result<void> fine = check_options(options); !fine) return fine.error();
  Result<Targets> targets = find_targets(options.url);
  if (!targets) return targets.error();
  Result<std::int64_t> origin = draw_origin();
  if (!origin) return origin.error();
  auto connection = Connection::open(targets->pooled, nullptr, after(options.connect_timeout));
  if (!connection) return connection.error();
  Result<OpenedSchema> opened = open_schema(**connection,
                                            {.schema = targets->pooled.schema,
                                             .create = options.create,
                                             .expected_instance = options.expected_instance,
                                             .adopt = options.adopt},
                                            after(kSchemaTimeout));
  if (!opened) return opened.error();
  Client::Settings settings{.instance = opened->meta.instance,
                            .origin = *origin,
                            .read_timeout = options.read_timeout,
                            .write_timeout = options.write_timeout,
                            .connect_timeout = options.connect_timeout};
  return std::unique_ptr<Store>(std::make_unique<PostgresStore>(
      *std::move(targets), std::make_shared<const Statements>(opened->schema), std::move(settings),
      options.watch_every));
}

}  // namespace latchkey
