#include "store/postgres/wire/client.h"

#include "store/postgres/wire/errors.h"

namespace latchkey::postgres {

Result<Rows> Client::read(Sql sql, const Params& params) {
  const Deadline deadline = after(settings_.read_timeout);
  for (bool again = true;; again = false) {
    Result<Pool::Lease> lease = pool_.acquire(deadline);
    if (!lease) return lease.error();
    Result<Rows> rows = (*lease)->run(sql, params, deadline);
    const bool lost = !rows && (*lease)->broken();
    if (!lost || !again || std::chrono::steady_clock::now() >= deadline) return rows;
  }
}

Result<Rows> Client::write(Sql sql, const Params& params, std::string* sqlstate) {
  constexpr int kTries = 5;
  const Deadline deadline = after(settings_.write_timeout);
  for (int left = kTries;; --left) {
    Result<Pool::Lease> lease = pool_.acquire(deadline);
    if (!lease) return lease.error();
    Result<Rows> rows = (*lease)->run(sql, params, deadline);
    if (rows) return rows;
    if (left > 1 && is_transient((*lease)->sqlstate())) continue;
    if (sqlstate != nullptr) *sqlstate = (*lease)->sqlstate();
    if ((*lease)->broken() && sql != Sql::notify) doubt();
    return rows;
  }
}

Result<std::vector<Rows>> Client::write_all(Sql sql, std::span<const Params> all, bool& undone) {
  const Deadline deadline = after(settings_.write_timeout);
  Result<Pool::Lease> lease = pool_.acquire(deadline);
  if (!lease) return lease.error();
  Result<std::vector<Rows>> rows = (*lease)->run_all(sql, all, deadline);
  undone = !rows && !(*lease)->broken();
  if ((*lease)->broken()) doubt();
  return rows;
}

}  // namespace latchkey::postgres
