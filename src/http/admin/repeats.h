#pragma once

#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "http/message.h"
#include "latchkey/time.h"

namespace latchkey::http {

// Repeats answers a request that comes again with the same Idempotency-Key as the first time, and
// does nothing: a client that lost the answer may ask again. Only success is remembered, for a day,
// of at most kMost keys, and in this process. Thread-safe.
class Repeats {
 public:
  static constexpr std::size_t kMost = 1000;
  static constexpr Millis kLife = std::chrono::hours{24};

  // answer calls `work`, or returns what it returned before. `request` is everything that the
  // request says; another one with the same key is refused, and so is one that is under way.
  Response answer(const std::string& key, std::string_view request, UnixTime now,
                  const std::function<Response()>& work) LATCHKEY_EXCLUDES(mutex_);
  // is_key tells whether a header may be a key: 1 to 128 printable characters.
  static bool is_key(std::string_view text) noexcept;

 private:
  struct Entry {
    std::string request{};
    Response response{};
    UnixTime until{};
    bool under_way = true;
  };
  void forget(UnixTime now) LATCHKEY_REQUIRES(mutex_);

  Mutex mutex_;
  std::map<std::string, Entry> entries_ LATCHKEY_GUARDED_BY(mutex_);
  std::deque<std::string> order_ LATCHKEY_GUARDED_BY(mutex_);  // those that are done
};

}  // namespace latchkey::http
