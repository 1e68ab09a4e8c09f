#include "latchkey/entropy.h"

#include <cerrno>
#include <cstring>

#include "base/fork_generation.h"
#include "base/platform/platform.h"
#include "base/random_block.h"

namespace latchkey {
namespace {

Result<void> draw(std::uint8_t* out, std::size_t size) {
  if (platform::draw_random(out, size)) return {};
  return Error{Errc::entropy_unavailable, std::strerror(errno)};
}

class SystemEntropy final : public Entropy {
 public:
  Result<void> fill(std::span<std::uint8_t> out) override {
    if (!counts_forks()) return draw(out.data(), out.size());
    thread_local RandomBlock block;
    return block.fill(out, Millis{platform::coarse_millis()}, fork_generation(), draw);
  }
};

}  // namespace

Entropy& system_entropy() noexcept {
  static SystemEntropy entropy;
  return entropy;
}

}  // namespace latchkey
