#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "latchkey/accounts.h"
#include "latchkey/result.h"

namespace latchkey::http {

inline constexpr std::size_t kRejections = static_cast<std::size_t>(Rejection::sign_up_closed) + 1;

// EntryTotals are the outcomes of log-ins, or of sign-ups.
struct EntryTotals {
  std::array<std::uint64_t, kRejections> outcomes{};  // by Rejection; none: somebody got in
  std::uint64_t overloaded = 0;                       // too many passwords waited to be hashed
  std::uint64_t failed = 0;                           // of the store or the machine
};

// EntryCounts counts them. Thread-safe.
class EntryCounts {
 public:
  void add(const Result<Rejection>& outcome) noexcept {
    Count& count = outcome ? outcomes_[static_cast<std::size_t>(*outcome)]
                   : outcome.error().code == Errc::overloaded ? overloaded_
                                                              : failed_;
    count.fetch_add(1, std::memory_order_relaxed);
  }
  EntryTotals totals() const noexcept {
    EntryTotals totals{.overloaded = overloaded_.load(), .failed = failed_.load()};
    for (std::size_t i = 0; i < kRejections; ++i) totals.outcomes[i] = outcomes_[i].load();
    return totals;
  }

 private:
  using Count = std::atomic<std::uint64_t>;
  std::array<Count, kRejections> outcomes_{};
  Count overloaded_{0};
  Count failed_{0};
};

}  // namespace latchkey::http
