#include "store/postgres/wire/connection.h"

#include <errno.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <vector>

#include "store/postgres/wire/errors.h"

namespace latchkey::postgres {
namespace {

constexpr int kText = 0;
constexpr int kBinary = 1;

Error unavailable(std::string detail) { return Error{Errc::store_unavailable, std::move(detail)}; }

Error no_answer() {
  return unavailable("the database did not answer in time: check its load and the network");
}

int poll_millis(Deadline deadline) {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

// wait_on waits for `events` on `fd`, or for `other` to become readable. False: the time is up.
bool wait_on(int fd, short events, int other, Deadline deadline) {
  std::array<pollfd, 2> watched{{{fd, events, 0}, {other, POLLIN, 0}}};
  while (true) {
    const int ready = ::poll(watched.data(), other < 0 ? 1 : 2, poll_millis(deadline));
    if (ready > 0) return true;
    if (ready < 0 && errno != EINTR) return false;
    if (ready == 0) return false;
  }
}

// reason_of returns the first line of what libpq says of a connection that did not come about. It
// names host, user and database, never the password. Verbose libpq writes the SQLSTATE into it, as
// in "FATAL:  28P01: password ...", which is the only place to find it: it is taken out.
std::string reason_of(PGconn* connection, std::string& sqlstate) {
  constexpr std::size_t kMaxReason = 300;
  constexpr std::size_t kStateSize = 5;
  const std::string_view message = PQerrorMessage(connection);
  std::string line(message.substr(0, message.find('\n')));
  const auto in_state = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  const std::size_t before = line.rfind(":  ");
  const std::size_t at = before == std::string::npos ? line.size() : before + 3;
  if (line.size() > at + kStateSize + 1 && line.compare(at + kStateSize, 2, ": ") == 0) {
    const std::string found = line.substr(at, kStateSize);
    if (std::all_of(found.begin(), found.end(), in_state)) {
      sqlstate = found;
      line.erase(at, kStateSize + 2);
    }
  }
  line.resize(std::min(line.size(), kMaxReason));
  return line;
}

std::optional<std::string> take_notification(PGconn* connection) {
  const std::unique_ptr<PGnotify, void (*)(void*)> news(PQnotifies(connection), PQfreemem);
  if (news == nullptr) return std::nullopt;
  return std::string(news->extra);
}

std::string statement_name(Sql sql) { return "latchkey_" + std::to_string(static_cast<int>(sql)); }

}  // namespace

Result<std::unique_ptr<Connection>> Connection::open(const Target& target,
                                                     std::shared_ptr<const Statements> statements,
                                                     Deadline deadline) {
  const Keywords keywords = keywords_now(target);
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (const auto& [name, value] : keywords) {
    names.push_back(name.c_str());
    values.push_back(value.c_str());
  }
  names.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<Connection> opened(new Connection(
      PQconnectStartParams(names.data(), values.data(), 0), std::move(statements), target.prepare));
  if (opened->connection_ == nullptr) return unavailable("out of memory");
  if (Result<void> connected = opened->connect(deadline); !connected) return connected.error();
  if (!target.prepare) return opened;  // what a pooler would soon give to somebody else
  if (Result<void> settled = opened->settle(deadline); !settled) return settled.error();
  return opened;
}

Result<void> Connection::connect(Deadline deadline) {
  PGconn* connection = connection_.get();
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  PostgresPollingStatusType next = PGRES_POLLING_WRITING;
  if (PQstatus(connection) == CONNECTION_BAD) next = PGRES_POLLING_FAILED;
  while (next == PGRES_POLLING_READING || next == PGRES_POLLING_WRITING) {
    const short events = next == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (!wait_on(PQsocket(connection), events, -1, deadline)) {
      return unavailable("the database cannot be reached in time: check the URL and the network");
    }
    next = PQconnectPoll(connection);
  }
  if (next != PGRES_POLLING_OK) {
    std::string sqlstate;
    const std::string reason = reason_of(connection, sqlstate);
    return unconnected(sqlstate, with_advice(reason));
  }
  if (PQsetnonblocking(connection, 1) != 0) return unavailable("libpq refused to not block");
  return {};
}

// settle makes the settings of role and database those that the functions need: READ COMMITTED, and
// the time that a statement of ours may take, which deadlines of this side bound. Not the session
// of a pooler, which belongs to others: there the row has another number.
Result<void> Connection::settle(Deadline deadline) {
  constexpr int kTries = 10;  // the time it is to change ends it, too, until the server is warm
  const std::string text =
      "SELECT set_config('default_transaction_isolation','read committed',false),"
      "CASE WHEN t.o>'0'::interval AND t.o<'10s'::interval "
      "THEN set_config('statement_timeout','10s',false) END "
      "FROM (SELECT current_setting('statement_timeout')::interval AS o) t "
      "WHERE pg_backend_pid()=" +
      std::to_string(told_pid());
  Result<void> settled = run_script(text, deadline);
  for (int left = kTries; !settled && sqlstate_ == kCancelled && left > 0; --left) {
    settled = run_script(text, deadline);
  }
  return settled;
}

Result<void> Connection::ready(Sql sql, const Params& params, Deadline deadline) {
  const auto number = static_cast<std::size_t>(sql);
  if (!prepare_ || prepared_.test(number)) return {};
  Result<void> done = prepare(statement_name(sql), statements_->text(sql), params, deadline);
  if (done) prepared_.set(number);
  return done;
}

bool Connection::send(Sql sql, const Params& params) {
  const std::vector<const char*> values = params.values();
  const std::vector<int> formats = params.formats();
  if (!prepare_) {
    return PQsendQueryParams(connection_.get(), statements_->text(sql).c_str(), params.count(),
                             params.types(), values.data(), params.lengths(), formats.data(),
                             kBinary) != 0;
  }
  return PQsendQueryPrepared(connection_.get(), statement_name(sql).c_str(), params.count(),
                             values.data(), params.lengths(), formats.data(), kBinary) != 0;
}

Result<Rows> Connection::run(Sql sql, const Params& params, Deadline deadline) {
  if (Result<void> prepared = ready(sql, params, deadline); !prepared) return prepared.error();
  return collect(send(sql, params) ? 1 : 0, deadline);
}

// Up to the sync at its end the server takes a pipeline for one transaction.
Result<std::vector<Rows>> Connection::run_all(Sql sql, std::span<const Params> all,
                                              Deadline deadline) {
  Result<void> prepared = ready(sql, all.front(), deadline);
  if (!prepared) return prepared.error();
  PGconn* connection = connection_.get();
  bool sent = !broken_ && PQenterPipelineMode(connection) != 0;
  for (const Params& params : all) sent = sent && send(sql, params);
  if (!sent || PQpipelineSync(connection) == 0) {
    return lose(unavailable("the connection to the database was lost"));
  }
  return collect_all(deadline);
}

Result<void> Connection::prepare(const std::string& name, const std::string& text,
                                 const Params& params, Deadline deadline) {
  Result<Rows> prepared = collect(
      PQsendPrepare(connection_.get(), name.c_str(), text.c_str(), params.count(), params.types()),
      deadline);
  if (!prepared) return prepared.error();
  return {};
}

Result<Rows> Connection::run_as_text(const std::string& text, const Params& params,
                                     Deadline deadline) {
  constexpr std::size_t kMaxNames = 64;
  const char* style = PQparameterStatus(connection_.get(), "DateStyle");
  if (style == nullptr || !std::string_view(style).starts_with("ISO")) {
    if (Result<void> set = run_script("SET datestyle TO ISO", deadline); !set) return set.error();
  }
  auto name = names_.find(text);
  if (prepare_ && name == names_.end() && names_.size() < kMaxNames) {
    const std::string made = "latchkey_text_" + std::to_string(names_.size());
    if (const auto done = prepare(made, text, params, deadline); !done) return done.error();
    name = names_.emplace(text, made).first;
  }
  const std::vector<const char*> values = params.values();
  const std::vector<int> formats = params.formats();
  if (name == names_.end()) {
    return collect(
        PQsendQueryParams(connection_.get(), text.c_str(), params.count(), params.types(),
                          values.data(), params.lengths(), formats.data(), kText),
        deadline);
  }
  return collect(PQsendQueryPrepared(connection_.get(), name->second.c_str(), params.count(),
                                     values.data(), params.lengths(), formats.data(), kText),
                 deadline);
}

Result<Rows> Connection::run_text(const std::string& text, const Params& params,
                                  Deadline deadline) {
  const std::vector<const char*> values = params.values();
  const std::vector<int> formats = params.formats();
  return collect(PQsendQueryParams(connection_.get(), text.c_str(), params.count(), params.types(),
                                   values.data(), params.lengths(), formats.data(), kBinary),
                 deadline);
}

Result<void> Connection::run_script(const std::string& text, Deadline deadline) {
  Result<Rows> ran = collect(PQsendQuery(connection_.get(), text.c_str()), deadline);
  if (!ran) return ran.error();
  return {};
}

// lose marks the connection as broken: what a late answer would belong to is not known any more.
Error Connection::lose(Error error) {
  broken_ = true;
  sqlstate_.clear();
  return error;
}

Result<void> Connection::await_answer(Deadline deadline) {
  PGconn* connection = connection_.get();
  while (true) {
    const int unsent = PQflush(connection);
    if (unsent < 0) break;
    if (unsent == 0 && PQisBusy(connection) == 0) return {};
    const short events = static_cast<short>(unsent > 0 ? POLLIN | POLLOUT : POLLIN);
    if (!wait_on(PQsocket(connection), events, -1, deadline)) return lose(no_answer());
    if (PQconsumeInput(connection) == 0) break;
  }
  return lose(unavailable("the connection to the database was lost"));
}

// collect reads every result of what was sent and returns the last, or the first that failed.
Result<Rows> Connection::collect(int sent, Deadline deadline) {
  if (broken_ || sent == 0) {
    return lose(unavailable("the connection to the database was lost"));
  }
  Rows last;
  std::string failed;
  while (true) {
    if (Result<void> come = await_answer(deadline); !come) return come.error();
    PGresult* result = PQgetResult(connection_.get());
    if (result == nullptr) break;
    last = Rows(result);
    const ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || !failed.empty()) continue;
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    failed = sqlstate != nullptr ? sqlstate : "08006";
  }
  if (failed.empty()) return last;
  return fail(std::move(failed));
}

// collect_all reads the results of a pipeline.
Result<std::vector<Rows>> Connection::collect_all(Deadline deadline) {
  PGconn* connection = connection_.get();
  std::vector<Rows> all;
  std::string failed;
  for (bool synced = false; !synced;) {
    if (Result<void> come = await_answer(deadline); !come) return come.error();
    PGresult* result = PQgetResult(connection);
    if (result == nullptr && PQstatus(connection) == CONNECTION_OK) continue;  // of one statement
    if (result == nullptr) return lose(unavailable("the connection to the database was lost"));
    all.emplace_back(result);
    const ExecStatusType status = PQresultStatus(result);
    synced = status == PGRES_PIPELINE_SYNC;
    if (synced || status == PGRES_TUPLES_OK || !failed.empty()) continue;
    const char* sqlstate = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    failed = sqlstate != nullptr ? sqlstate : "08006";
  }
  if (PQexitPipelineMode(connection) == 0) broken_ = true;
  if (!failed.empty()) return fail(std::move(failed));
  all.pop_back();  // the sync
  return all;
}

// fail is what a statement failed with. A plan that a migration made useless, or a statement that a
// pooler lost, is gone with the connection.
Error Connection::fail(std::string sqlstate) {
  const bool plan_is_lost = sqlstate == "0A000" || sqlstate == "26000";
  if (PQstatus(connection_.get()) != CONNECTION_OK || plan_is_lost) broken_ = true;
  sqlstate_ = std::move(sqlstate);
  return to_error(sqlstate_);
}

bool Connection::still_open() {
  if (broken_) return false;
  pollfd idle{PQsocket(connection_.get()), POLLIN, 0};
  if (::poll(&idle, 1, 0) == 0) return true;
  // Notices and changed parameters are read; the end of the stream is a failure.
  return PQconsumeInput(connection_.get()) != 0 && PQstatus(connection_.get()) == CONNECTION_OK;
}

Result<std::optional<std::string>> Connection::wait_for_notification(int wake, Deadline deadline) {
  PGconn* connection = connection_.get();
  // First what is here: the octets of an answer may have brought it, and then the socket is silent.
  if (auto news = take_notification(connection)) return news;
  if (!wait_on(PQsocket(connection), POLLIN, wake, deadline)) return std::optional<std::string>{};
  if (PQconsumeInput(connection) != 0) return take_notification(connection);
  return lose(unavailable("the connection to the database was lost"));
}

}  // namespace latchkey::postgres
