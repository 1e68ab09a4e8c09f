#include "http/active_count.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>

namespace latchkey::http {
namespace {

constexpr int kIndexBits = 12;

std::int64_t number_of(UnixTime now) noexcept {
  return to_unix_millis(now) / ActiveCount::kWindow.count();
}

// The hash of a text is not mixed as well as this needs it.
std::uint64_t mixed(std::uint64_t hash) noexcept {
  hash = (hash ^ (hash >> 33)) * 0xff51afd7ed558ccdU;
  hash = (hash ^ (hash >> 33)) * 0xc4ceb9fe1a85ec53U;
  return hash ^ (hash >> 33);
}

}  // namespace

ActiveCount::Window& ActiveCount::window(std::int64_t number) noexcept {
  Window& window = windows_[static_cast<std::size_t>(number) % windows_.size()];
  if (window.number.load(std::memory_order_acquire) >= number) return window;
  const MutexLock lock(mutex_);
  if (window.number.load() >= number) return window;
  for (auto& one : window.registers) one.store(0, std::memory_order_relaxed);
  window.number.store(number, std::memory_order_release);
  return window;
}

void ActiveCount::add(const SessionId& session, UnixTime now) noexcept {
  const std::int64_t number = number_of(now);
  if (number < 0) return;
  const std::uint64_t hash = mixed(std::hash<std::string_view>{}(session.text()));
  auto& place = window(number).registers[hash >> (64 - kIndexBits)];
  const auto rank = static_cast<std::uint8_t>(
      std::countl_zero((hash << kIndexBits) | (std::uint64_t{1} << (kIndexBits - 1))) + 1);
  std::uint8_t seen = place.load(std::memory_order_relaxed);
  while (seen < rank && !place.compare_exchange_weak(seen, rank, std::memory_order_relaxed)) {
  }
}

// Flajolet, Fusy, Gandouet, Meunier 2007: the raw estimate, and linear counting while few registers
// are set.
std::uint64_t ActiveCount::estimate(UnixTime now) const noexcept {
  const std::int64_t number = number_of(now);
  double sum = 0;
  std::size_t empty = 0;
  for (std::size_t i = 0; i < kRegisters; ++i) {
    std::uint8_t most = 0;
    for (const Window& window : windows_) {
      if (window.number.load(std::memory_order_acquire) + 1 < number) continue;
      most = std::max(most, window.registers[i].load(std::memory_order_relaxed));
    }
    sum += std::ldexp(1.0, -static_cast<int>(most));
    empty += most == 0 ? 1 : 0;
  }
  constexpr double kAll = kRegisters;
  constexpr double kAlpha = 0.7213 / (1 + 1.079 / kAll);
  double estimate = kAlpha * kAll * kAll / sum;
  if (estimate <= 2.5 * kAll && empty > 0) {
    estimate = kAll * std::log(kAll / static_cast<double>(empty));
  }
  return static_cast<std::uint64_t>(std::llround(estimate));
}

}  // namespace latchkey::http
