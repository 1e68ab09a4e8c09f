#include <libpq-fe.h>

#include "bench/engines.h"
#include "bench/fixture.h"
#include "latchkey/open_store.h"

// Look-ups that miss every cache, in batches, beside the bare prepared query on a connection of its
// own. Both only count the CPU of this process.
namespace latchkey::bench {
namespace {

constexpr std::uint64_t kPostgresRows = 100'000;
constexpr std::size_t kPostgresBatch = 64;

// The same columns as a record has, sent as text and looked at by nobody.
class BarePostgres {
 public:
  explicit BarePostgres(const std::string& url) : connection_(PQconnectdb(url.c_str())) {
    check(PQstatus(connection_) == CONNECTION_OK, PQerrorMessage(connection_));
    PGresult* prepared =
        PQprepare(connection_, "find", "SELECT * FROM latchkey_sessions WHERE id = ANY($1::text[])",
                  1, nullptr);
    check(PQresultStatus(prepared) == PGRES_COMMAND_OK, PQerrorMessage(connection_));
    PQclear(prepared);
  }
  ~BarePostgres() { PQfinish(connection_); }
  BarePostgres(const BarePostgres&) = delete;
  BarePostgres& operator=(const BarePostgres&) = delete;

  // find returns how many rows there are.
  std::size_t find(std::span<const SessionId> ids) {
    array_ = "{";
    for (const SessionId& id : ids) array_.append(array_.size() > 1 ? "," : "").append(id.text());
    array_ += '}';
    const char* const values[] = {array_.c_str()};
    PGresult* result = PQexecPrepared(connection_, "find", 1, values, nullptr, nullptr, 0);
    const int rows = PQntuples(result);
    PQclear(result);
    return static_cast<std::size_t>(rows);
  }

 private:
  PGconn* connection_;
  std::string array_;
};

Entry validate_pg_batch64(const Options& options) {
  const auto engine = start_postgres(options);
  auto store = open_store(engine->url(), {.read_timeout = std::chrono::seconds{10},
                                          .write_timeout = std::chrono::seconds{10}});
  check(store.has_value(), store ? "" : store.error().detail);
  progress("filling PostgreSQL with 10^5 sessions");
  fill_sessions(**store, kPostgresRows);
  std::vector<SessionId> ids;
  for (const std::string& token : sample_tokens(kPostgresRows)) {
    ids.push_back(SessionToken::parse(token)->id());
  }
  BarePostgres bare(engine->url());
  // Ids drawn by chance may repeat; the bare query then answers fewer rows.
  const auto batch = [&](std::uint64_t i) {
    return std::span(ids).subspan(mix(i) % (kSample - kPostgresBatch), kPostgresBatch);
  };
  return compare(
      "validate_pg_batch64", options,
      [&](std::uint64_t i) {
        const auto found = (*store)->sessions().find(batch(i), {});
        check(found && found->back().record.has_value(), "find");
        return std::uint64_t{kPostgresBatch};
      },
      [&](std::uint64_t i) {
        check(bare.find(batch(i)) > kPostgresBatch / 2, "limit");
        return std::uint64_t{kPostgresBatch};
      });
}

}  // namespace

std::vector<Named> postgres_benchmarks() {
  return {{"validate_pg_batch64",
           "64 look-ups in one call on PostgreSQL; limit: the bare prepared = ANY query",
           validate_pg_batch64}};
}

}  // namespace latchkey::bench
