#include "cli/progress.h"

#include <cmath>
#include <cstdio>

namespace latchkey::cli {

void Progress::done(std::size_t so_far, double part) {
  const auto now = Steady::now();
  if (now < next_) return;
  next_ = now + std::chrono::seconds{1};
  const double seconds = std::chrono::duration<double>(now - start_).count();
  std::string left;
  if (part > 0) left = ", " + std::to_string(std::lround(seconds * (1 - part) / part)) + " s left";
  std::fprintf(stderr, "%zu %s, %.0f a second%s\n", so_far, what_.c_str(),
               static_cast<double>(so_far) / seconds, left.c_str());
}

}  // namespace latchkey::cli
