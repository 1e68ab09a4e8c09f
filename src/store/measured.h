#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/latency.h"
#include "store/each_call.h"

// A store around another one that counts its calls, how long they take and how they fail, and what
// becomes of sessions. For metrics.
namespace latchkey::store {

// call_name returns the name of a call, as metrics have it: "find", "take_secret".
std::string_view call_name(StoreCall call) noexcept;

// StoreMeter is what is counted. Thread-safe.
class StoreMeter {
 public:
  template <class Call>
  auto run(StoreCall call, Call inner) -> decltype(inner()) {
    const auto begun = std::chrono::steady_clock::now();
    auto result = inner();
    const auto took = std::chrono::steady_clock::now() - begun;
    note(call, took, result ? std::nullopt : std::optional(result.error().code));
    return result;
  }
  // note counts a call. would_wait is none: the store was not asked.
  void note(StoreCall call, std::chrono::nanoseconds took, std::optional<Errc> failed) noexcept;
  void note_created() noexcept { created_.fetch_add(1, std::memory_order_relaxed); }
  void note_ended(EndReason reason, std::size_t count) noexcept {
    ended_[static_cast<std::size_t>(reason)].fetch_add(count, std::memory_order_relaxed);
  }
  void note_touched(std::size_t rows) noexcept { touched_.fetch_add(rows); }
  void note_pruned(std::size_t rows) noexcept { pruned_.fetch_add(rows); }

  // text writes all of it in the exposition format of Prometheus; calls never made are left out.
  // `backend` names the engine.
  std::string text(std::string_view backend) const;

 private:
  using Count = std::atomic<std::uint64_t>;
  static constexpr std::size_t kCodes = static_cast<std::size_t>(Errc::bad_config) + 1;
  static constexpr std::size_t kReasons = static_cast<std::size_t>(EndReason::replaced) + 1;

  std::array<Latency, kStoreCalls> took_{};
  std::array<std::array<Count, kCodes>, kStoreCalls> failed_{};
  std::array<Count, kReasons> ended_{};
  Count created_{0};
  Count touched_{0};
  Count pruned_{0};
};

// make_measured_store takes `inner`. `meter` outlives the result. What it shows of the whole store
// (scan) is that of `inner`.
std::unique_ptr<Store> make_measured_store(std::unique_ptr<Store> inner, StoreMeter& meter);

}  // namespace latchkey::store
