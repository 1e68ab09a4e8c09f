#include "crypto/hash_meter.h"

#include <algorithm>
#include <cmath>
#include <ctime>

namespace latchkey::crypto {
namespace {

std::size_t index_of(HashFamily family) noexcept { return static_cast<std::size_t>(family); }

}  // namespace

// A moving average: the first value counts in full, each later one an eighth.
void HashMeter::note(const HashWork& work, double seconds) {
  if (work.units == 0 || seconds <= 0) return;
  const double unit = seconds / static_cast<double>(work.units);
  const MutexLock lock(mutex_);
  double& known = seconds_[index_of(work.family)];
  known = known > 0 ? known + (unit - known) / 8 : unit;
  std::uint64_t& dearest = dearest_[index_of(work.family)];
  dearest = std::max(dearest, work.units);
}

// Work of Argon2 is counted, not measured.
double HashMeter::in_argon2(const HashWork& work) const {
  const double unit = seconds_[index_of(HashFamily::argon2)];
  if (work.family == HashFamily::argon2) return static_cast<double>(work.units);
  if (unit <= 0) return 0;
  return static_cast<double>(work.units) * seconds_[index_of(work.family)] / unit;
}

std::uint64_t HashMeter::rest(const HashWork& done, std::uint64_t ours, std::uint64_t times) const {
  const MutexLock lock(mutex_);
  auto most = static_cast<double>(ours);
  for (std::size_t i = 0; i < kHashFamilies; ++i) {
    most = std::max(most, in_argon2({static_cast<HashFamily>(i), dearest_[i]}));
  }
  most = std::max(std::min(most, static_cast<double>(kMostRest)), static_cast<double>(ours));
  const double rest = most * static_cast<double>(times) - in_argon2(done);
  return static_cast<std::uint64_t>(std::llround(std::max(0.0, rest)));
}

Stopwatch::Stopwatch(bool several_threads) noexcept
    : clock_(several_threads ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID), start_(now()) {}

double Stopwatch::now() const noexcept {
  timespec time{};
  ::clock_gettime(clock_, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

double Stopwatch::seconds() const noexcept { return now() - start_; }

}  // namespace latchkey::crypto
