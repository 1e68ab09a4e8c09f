#pragma once

#include <array>
#include <memory>
#include <string>
#include <vector>

#include "base/metrics.h"
#include "http/app.h"
#include "http/routes.h"
#include "session/takeover/take_over.h"

// The migration window: sessions of another system are taken over when their cookie is seen.
namespace latchkey::http {

// OldCookie is a cookie of another system and what reads it.
struct OldCookie {
  std::string name;
  std::unique_ptr<session::ForeignSource> source;
};

struct MigrationOptions {
  std::vector<OldCookie> cookies{};
  UnixTime until{};           // from then on nothing is taken over
  bool keep_cookies = false;  // old cookies stay in the browser until the user logs out
};

// Migration is what the service knows about it. Thread-safe.
class Migration {
 public:
  // `metrics` must outlive this; it counts what came of each old cookie, by system.
  Migration(MigrationOptions options, Metrics& metrics);

  // wants tells whether `request` might bring a session to take over: then it may wait for writes.
  bool wants(const App& app, const Request& request) const noexcept;

  // answer takes over the session of `request`, if it brings one, and lets `handler` answer as if
  // its cookie had been ours. The answer replaces the cookie.
  Response answer(App& app, const Request& request, Handler handler);

  // end_for ends what waits of `user` in old cookies; before the session itself, so that a failure
  // leaves everything as it was.
  Result<void> end_for(App& app, const UserId& user) const;

  // blank deletes the old cookies of `request`: whoever logs out must not come back by them.
  void blank(const App& app, const Request& request, Response& response) const;

 private:
  struct Entry {
    OldCookie cookie;
    std::string first_chunk;
    std::array<Counter*, session::kTakeOverStatuses> outcomes{};
    Counter* failed = nullptr;
  };
  Entry* find(const App& app, const Request& request, std::string& text);
  Result<session::TakeOver> take(App& app, const Request& request, Entry& entry,
                                 const std::string& text);

  std::vector<Entry> entries_;
  const UnixTime until_;
  const bool keep_cookies_;
};

}  // namespace latchkey::http
