#include "http/admin/repeats.h"

#include <algorithm>

#include "http/api/problem.h"

namespace latchkey::http {
namespace {

constexpr std::size_t kMaxKey = 128;

}  // namespace

bool Repeats::is_key(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxKey &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

Response Repeats::answer(const std::string& key, std::string_view request, UnixTime now,
                         const std::function<Response()>& work) {
  {
    const MutexLock lock(mutex_);
    forget(now);
    const auto [at, first] = entries_.try_emplace(key);
    Entry& entry = at->second;
    if (first) {
      entry.request = request;
    } else if (entry.request != request) {
      return problem_response(Problem::key_reused);
    } else if (entry.under_way) {
      return problem_response(Problem::conflict);
    } else {
      return entry.response;
    }
  }
  Response response = work();
  const MutexLock lock(mutex_);
  const auto at = entries_.find(key);
  if (response.status >= 300) {
    entries_.erase(at);
    return response;
  }
  at->second.response = response;
  at->second.until = now + kLife;
  at->second.under_way = false;
  order_.push_back(key);
  return response;
}

void Repeats::forget(UnixTime now) {
  while (!order_.empty()) {
    const auto oldest = entries_.find(order_.front());
    if (order_.size() < kMost && oldest->second.until > now) return;
    entries_.erase(oldest);
    order_.pop_front();
  }
}

}  // namespace latchkey::http
