#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "store/postgres/wire/pool.h"

namespace latchkey::postgres {

// Client runs statements for the parts of a store, each within its time.
class Client {
 public:
  struct Settings {
    std::string instance{};
    std::int64_t origin = 0;  // at first; tells this store's own changes from those of others
    Millis read_timeout{};
    Millis write_timeout{};
    Millis connect_timeout{};
  };
  Client(Target target, std::shared_ptr<const Statements> statements, Settings settings)
      : settings_(std::move(settings)),
        origin_(settings_.origin),
        pool_(std::move(target), std::move(statements), settings_.connect_timeout) {}

  const std::string& instance() const noexcept { return settings_.instance; }
  // origin is another one behind a write whose outcome is unknown: if it is done after all, perhaps
  // only later, this store hears of it as of a change by others.
  std::int64_t origin() const noexcept { return origin_; }
  // is_ours tells whether an answer is of the store that was opened: `column` holds the marker.
  bool is_ours(const Rows& rows, int column) const noexcept {
    return rows.size() > 0 && rows.text(0, column) == settings_.instance;
  }
  const Target& target() const noexcept { return pool_.target(); }
  Millis connect_timeout() const noexcept { return settings_.connect_timeout; }

  // read runs a statement that changes nothing, a second time if its connection was lost.
  Result<Rows> read(Sql sql, const Params& params);
  // write runs one that does, again if the server undid it for the sake of another transaction.
  // `sqlstate` receives why it failed.
  Result<Rows> write(Sql sql, const Params& params, std::string* sqlstate = nullptr);
  // write_all runs a statement that does for each of `all`, as one transaction. `undone` tells of a
  // failure that the server undid it, so that each may be run by itself.
  Result<std::vector<Rows>> write_all(Sql sql, std::span<const Params> all, bool& undone);
  // params begins the parameters of a function that changes rows.
  Params params() const {
    Params params;
    params.add(settings_.instance);
    return params;
  }

  // changed is called after each write that others must hear of, and calls what on_change was
  // given before any was made.
  void on_change(std::function<void()> tell) { tell_ = std::move(tell); }
  void changed() const { tell_(); }

 private:
  // doubt is what a write leaves behind whose connection broke.
  void doubt() {
    ++origin_;
    changed();
  }
  const Settings settings_;
  std::atomic<std::int64_t> origin_;
  std::function<void()> tell_;
  Pool pool_;
};

}  // namespace latchkey::postgres
