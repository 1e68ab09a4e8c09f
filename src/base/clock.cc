#include "latchkey/time.h"

namespace latchkey {
namespace {

class SystemClock final : public Clock {
 public:
  UnixTime now() const noexcept override {
    return std::chrono::floor<Millis>(std::chrono::system_clock::now());
  }
};

}  // namespace

const Clock& system_clock() noexcept {
  static const SystemClock clock;
  return clock;
}

}  // namespace latchkey
