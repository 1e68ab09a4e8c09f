#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace latchkey::cli {

// Progress tells on standard error how far a long command has come, once a second, from its third
// second on.
class Progress {
 public:
  explicit Progress(std::string what) : what_(std::move(what)) {}
  // `part` of the whole is done, 0 to 1; 0: the whole is not known.
  void done(std::size_t so_far, double part = 0);

 private:
  using Steady = std::chrono::steady_clock;
  const std::string what_;
  const Steady::time_point start_ = Steady::now();
  Steady::time_point next_ = start_ + std::chrono::seconds{2};
};

}  // namespace latchkey::cli
