#include "latchkey/entropy.h"

#include <sys/random.h>
#include <time.h>

#include <cerrno>
#include <cstring>

#include "base/fork_generation.h"
#include "base/random_block.h"

namespace latchkey {
namespace {

Result<void> draw(std::uint8_t* out, std::size_t size) {
  while (size > 0) {
    const ssize_t got = ::getrandom(out, size, 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return Error{Errc::entropy_unavailable, std::strerror(errno)};
    out += got;
    size -= static_cast<std::size_t>(got);
  }
  return {};
}

// A time that counts up. Coarse is fine: a tick is 4 ms, and reading it costs a third.
Millis coarse_now() noexcept {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
  return Millis{now.tv_sec * 1000 + now.tv_nsec / 1'000'000};
}

class SystemEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (!counts_forks()) return draw(out.data(), out.size());
    thread_local RandomBlock block;
    return block.fill(out, coarse_now(), fork_generation(), draw);
  }
};

}  // namespace

Entropy& system_entropy() noexcept {
  static SystemEntropy entropy;
  return entropy;
}

}  // namespace latchkey
