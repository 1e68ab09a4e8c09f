#include "store/postgres/wire/listener.h"

#include <poll.h>

#include <algorithm>

#include "base/log.h"
#include "store/postgres/records/row.h"
#include "store/postgres/wire/errors.h"
#include "store/postgres/wire/notifier.h"

namespace latchkey::postgres {
namespace {

constexpr Millis kFirstPause{20};
constexpr Millis kLongestPause{1000};

// add_users reads user ids with line feeds between them, which no id holds.
void add_users(std::string_view lines, std::vector<UserId>& users) {
  for (std::size_t at = 0; at < lines.size();) {
    const std::size_t end = std::min(lines.find('\n', at), lines.size());
    if (auto user = UserId::parse(lines.substr(at, end - at))) users.push_back(*std::move(user));
    at = end + 1;
  }
}

}  // namespace

Listener::Listener(const Client& client, std::shared_ptr<const Statements> statements,
                   std::optional<Target> direct, Millis poll_every)
    : client_(client),
      statements_(std::move(statements)),
      direct_(std::move(direct)),
      poll_every_(direct_ ? kPing : std::min(poll_every, kPing)) {}

Listener::~Listener() { stop(); }

void Listener::stop() {
  if (!thread_.joinable()) return;
  stopping_ = true;
  if (!wake_.ring()) log(LogLevel::warn, "wake_up_failed");
  thread_.join();
  wake_.drain();
  stopping_ = false;
}

std::optional<Millis> Listener::watch(SessionStore::Sink sink) {
  if (forked_.crossed()) return std::nullopt;
  stop();
  sink_ = std::move(sink);
  watched_ = static_cast<bool>(sink_);
  up_ = false;
  heard_at_ = std::chrono::steady_clock::now();
  if (sink_) thread_ = std::thread([this] { run(); });
  return poll_every_ + kReadTime;
}

void Listener::run() {
  Millis pause_time = kFirstPause;
  while (!stopping_) {
    auto connection = Connection::open(direct_ ? *direct_ : client_.target(), statements_,
                                       after(client_.connect_timeout()));
    Result<void> heard = connection ? listen(**connection) : Result<void>(connection.error());
    if (heard) {
      pause_time = kFirstPause;
      heard = follow(**connection);
    }
    if (heard || stopping_) continue;
    up_ = false;
    log(LogLevel::warn, "invalidations_lost", {{"detail", heard.error().detail}});
    tell_lost();
    pause(pause_time);
    pause_time = std::min(pause_time * 2, kLongestPause);
  }
}

// listen begins to hear; what was missed before is answered by telling that everything changed.
Result<void> Listener::listen(Connection& connection) {
  if (direct_) {
    const std::string text = "LISTEN " + channel_of(client_);
    Result<Rows> listening = connection.run_text(text, Params(), after(client_.connect_timeout()));
    if (!listening) return listening.error();
  }
  snapshot_.clear();
  server_.clear();
  return read(connection);
}

Result<void> Listener::follow(Connection& connection) {
  while (!stopping_) {
    Result<bool> told = hear(connection);
    if (!told) return told.error();
    if (stopping_ || !*told) continue;
    if (Result<void> done = read(connection); !done) return done;
  }
  return {};
}

// hear waits. True: it is time to read, for another node changed something or it is long ago.
Result<bool> Listener::hear(Connection& connection) {
  const std::string own = std::to_string(client_.origin());
  const Deadline late = after(poll_every_);
  bool others = false;
  while (!stopping_) {
    // Once another node was heard, only what is here already is taken: one look does for all.
    auto news = connection.wait_for_notification(wake_.descriptor(), others ? Deadline{} : late);
    if (!news) return news.error();
    others = others || (*news && **news != own);
    const bool all_taken = !*news;
    if ((others && all_taken) || std::chrono::steady_clock::now() >= late) return true;
  }
  return false;
}

Result<void> Listener::read(Connection& connection) {
  Params params;
  const std::int64_t own = client_.origin();
  params.add_or_null(snapshot_).add(own);
  Result<Rows> rows = connection.run(Sql::read_outbox, params, after(kReadTime));
  if (!rows) return rows.error();
  Invalidation changes;
  for (int row = 0; row < rows->size(); ++row) {
    for (SessionId& id : read_ids(rows->text(row, 2))) changes.ids.push_back(id);
    add_users(rows->text(row, 3), changes.users);
  }
  // Another server or other data: its transactions are numbered anew.
  // Nor is it known what a write of our own changed that was given up while this was read.
  changes.everything = snapshot_.empty() || server_ != rows->text(0, 1) || client_.origin() != own;
  snapshot_ = rows->text(0, 0);
  server_ = rows->text(0, 1);
  // Of the youngest of what is new. Clocks are the server's.
  std::optional<std::chrono::microseconds> lag;
  if (!changes.everything && !rows->is_null(0, 4))
    lag = std::chrono::microseconds{rows->integer(0, 4)};
  note_read(lag);
  if (changes.everything || !changes.ids.empty() || !changes.users.empty()) sink_(changes);
  return {};
}

void Listener::note_read(std::optional<std::chrono::microseconds> lag) {
  if (lag) lag_ = lag->count();
  heard_at_ = std::chrono::steady_clock::now();
  up_ = true;
}

std::optional<WatchStatus> Listener::status() const {
  if (!watched_) return std::nullopt;
  const auto ago = std::chrono::steady_clock::now() - heard_at_.load();
  WatchStatus status{.up = up_, .heard_ago = std::chrono::duration_cast<Millis>(ago)};
  if (const std::int64_t lag = lag_; lag != kUnknown) status.lag = std::chrono::microseconds{lag};
  return status;
}

void Listener::pause(Millis time) const {
  pollfd woken{wake_.descriptor(), POLLIN, 0};
  ::poll(&woken, 1, static_cast<int>(time.count()));
}

void Listener::tell_lost() { sink_(Invalidation{.everything = true, .channel_lost = true}); }

}  // namespace latchkey::postgres
