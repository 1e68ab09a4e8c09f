#pragma once

#include <libpq-fe.h>

#include <bitset>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "latchkey/result.h"
#include "store/postgres/records/rows.h"
#include "store/postgres/sql/sql.h"
#include "store/postgres/wire/params.h"
#include "store/postgres/wire/target.h"

namespace latchkey::postgres {

using Deadline = std::chrono::steady_clock::time_point;
inline Deadline after(Millis time) { return std::chrono::steady_clock::now() + time; }

// Connection is one connection to the server. Every call ends at its deadline; a connection that
// missed one, or was lost, is broken for good. Not thread-safe.
class Connection {
 public:
  // open looks up the name of the host without regard to the deadline.
  static Result<std::unique_ptr<Connection>> open(const Target& target,
                                                  std::shared_ptr<const Statements> statements,
                                                  Deadline deadline);

  // run executes a statement, prepared at its first use unless the target forbids it.
  Result<Rows> run(Sql sql, const Params& params, Deadline deadline);
  // run_all executes a statement for each of `all`, in one round trip and as one transaction: when
  // one fails, nothing of it is done.
  Result<std::vector<Rows>> run_all(Sql sql, std::span<const Params> all, Deadline deadline);
  // run_text executes a text that is used once.
  Result<Rows> run_text(const std::string& text, const Params& params, Deadline deadline);
  // run_as_text executes a text, prepared at its first use unless the target forbids it. Values
  // come as text, times in the form of ISO.
  Result<Rows> run_as_text(const std::string& text, const Params& params, Deadline deadline);
  // run_script executes several statements as one transaction and drops what they answer.
  Result<void> run_script(const std::string& text, Deadline deadline);

  // sqlstate tells how the last call that failed did; empty when the connection broke.
  std::string_view sqlstate() const noexcept { return sqlstate_; }
  bool broken() const noexcept { return broken_; }
  // told_pid is the number of the server's process as it was told when the connection was made. A
  // pooler tells one of its own.
  std::int64_t told_pid() const noexcept { return PQbackendPID(connection_.get()); }
  // still_open looks, without waiting, whether the server has hung up an idle connection.
  bool still_open();

  // wait_for_notification returns the payload of the next notification; nothing when `wake` became
  // readable or the time is up. One that came beside an earlier answer is returned in any case.
  Result<std::optional<std::string>> wait_for_notification(int wake, Deadline deadline);

 private:
  struct Finish {
    void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
  };

  Connection(PGconn* connection, std::shared_ptr<const Statements> statements, bool prepare)
      : connection_(connection), statements_(std::move(statements)), prepare_(prepare) {}

  Result<void> connect(Deadline deadline);
  Result<void> settle(Deadline deadline);
  Result<void> prepare(const std::string& name, const std::string& text, const Params& params,
                       Deadline deadline);
  // ready prepares a statement where the target lets it; send sends it.
  Result<void> ready(Sql sql, const Params& params, Deadline deadline);
  bool send(Sql sql, const Params& params);
  Result<Rows> collect(int sent, Deadline deadline);
  Result<std::vector<Rows>> collect_all(Deadline deadline);
  Error fail(std::string sqlstate);
  Result<void> await_answer(Deadline deadline);
  Error lose(Error error);

  std::unique_ptr<PGconn, Finish> connection_;
  const std::shared_ptr<const Statements> statements_;
  const bool prepare_;
  bool broken_ = false;
  std::string sqlstate_;
  std::bitset<kSqlCount> prepared_;
  std::map<std::string, std::string> names_;  // of what run_as_text prepared, by its text
};

}  // namespace latchkey::postgres
