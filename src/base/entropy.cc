#include "latchkey/entropy.h"

#include <pthread.h>
#include <sys/random.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>

#include "latchkey/secret.h"

namespace latchkey {
namespace {

// Grows in a forked child, so that parent and child never hand out the same block.
std::atomic<unsigned> g_generation{1};
const int g_fork_hook = pthread_atfork(nullptr, nullptr, [] { g_generation.fetch_add(1); });

struct Block {
  std::array<std::uint8_t, 4096> bytes;
  std::size_t used = 4096;
  unsigned generation = 0;
  ~Block() { wipe(bytes.data(), bytes.size()); }
};

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

class SystemEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (g_fork_hook != 0) return draw(out.data(), out.size());
    thread_local Block block;
    if (out.size() > block.bytes.size() / 4) return draw(out.data(), out.size());
    const unsigned generation = g_generation.load(std::memory_order_relaxed);
    if (block.generation != generation || block.bytes.size() - block.used < out.size()) {
      if (Result<void> drawn = draw(block.bytes.data(), block.bytes.size()); !drawn) return drawn;
      block.used = 0;
      block.generation = generation;
    }
    std::copy_n(block.bytes.data() + block.used, out.size(), out.data());
    wipe(block.bytes.data() + block.used, out.size());
    block.used += out.size();
    return {};
  }
};

}  // namespace

Entropy& system_entropy() noexcept {
  static SystemEntropy entropy;
  return entropy;
}

}  // namespace latchkey
