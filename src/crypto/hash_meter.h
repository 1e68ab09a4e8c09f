#pragma once

#include <array>
#include <cstdint>

#include "base/mutex.h"
#include "crypto/stored_hash.h"

namespace latchkey::crypto {

// About two seconds.
inline constexpr std::uint64_t kMostRest = 4 * 1024 * 1024;

// HashMeter learns what hashes cost on this machine, so that a refusal can be made as dear as the
// dearest hash that was checked, whatever kind the one at hand is of (R90). Thread-safe.
class HashMeter {
 public:
  // note records that a hash of `work` took so long.
  void note(const HashWork& work, double seconds);
  // rest returns the Argon2 work that is missing after a hash of `done`: to `times` hashes of ours,
  // or of the dearest one that was noted. It grows to kMostRest and no further, so that one absurd
  // hash does not make every refusal absurd.
  std::uint64_t rest(const HashWork& done, std::uint64_t ours, std::uint64_t times = 1) const;

 private:
  double in_argon2(const HashWork& work) const LATCHKEY_REQUIRES(mutex_);

  mutable Mutex mutex_;
  std::array<double, kHashFamilies> seconds_ LATCHKEY_GUARDED_BY(mutex_){};  // for a unit
  std::array<std::uint64_t, kHashFamilies> dearest_ LATCHKEY_GUARDED_BY(mutex_){};
};

// Stopwatch takes the time of this thread alone, or of the clock where several threads work.
class Stopwatch {
 public:
  explicit Stopwatch(bool several_threads) noexcept;
  double seconds() const noexcept;

 private:
  double now() const noexcept;
  const int clock_;
  const double start_;
};

}  // namespace latchkey::crypto
