#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "auth/request_facts.h"
#include "base/metrics.h"
#include "latchkey/auth.h"
#include "session/takeover/take_over.h"

namespace latchkey {

// ForeignCookie is a cookie of another system and what reads it.
struct ForeignCookie {
  std::string name;
  std::unique_ptr<session::ForeignSource> source;
};

struct TakeoverOptions {
  std::vector<ForeignCookie> cookies{};
  UnixTime until{};           // from then on nothing is taken over
  bool keep_cookies = false;  // old cookies stay in the browser until the user logs out
};

// Takeover gives the session of another system's cookie a session of ours, once. Thread-safe.
class Takeover {
 public:
  // `metrics` must outlive this; it counts what came of each old cookie, by system.
  Takeover(TakeoverOptions options, Metrics& metrics);

  // Outcome: `session` when one was taken over; `spent` when the old cookie is worth nothing now.
  struct Outcome {
    std::optional<NewSession> session{};
    bool spent = false;
  };
  // take looks at a request that brings no cookie of ours. After an Error the old cookie is as good
  // as before.
  Result<Outcome> take(const auth::RequestFacts& facts, const std::string& address,
                       Sessions& sessions, Store& store, UnixTime now);

  // wants tells whether `take` would find an old cookie.
  bool wants(const auth::RequestFacts& facts, UnixTime now) const;

  // blank returns the Set-Cookie values that delete the old cookies of a request: a user who logs
  // out must not come back by them.
  std::vector<std::string> blank(const auth::RequestFacts& facts, bool secure) const;

  // end_for ends what waits of `user` in old cookies. Before the session itself, so that a failure
  // leaves everything as it was.
  Result<void> end_for(Store& store, const UserId& user, UnixTime now) const;
  bool keeps_cookies() const noexcept { return keep_cookies_; }

 private:
  struct Entry {
    ForeignCookie cookie;
    std::array<Counter*, session::kTakeOverStatuses> outcomes{};
    Counter* failed = nullptr;
  };

  std::vector<Entry> entries_;
  const UnixTime until_;
  const bool keep_cookies_;
};

}  // namespace latchkey
