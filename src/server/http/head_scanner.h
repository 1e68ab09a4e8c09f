#pragma once

#include <cstddef>
#include <string_view>

#include "server/http/limits.h"

namespace latchkey::server {

// HeadScanner finds the end of a request's head and refuses on the way every byte that parsers are
// known to disagree about: bare CR or LF, NUL, control bytes, folded lines (R142).
class HeadScanner {
 public:
  explicit HeadScanner(const ParserLimits& limits) : limits_(limits) {}

  // scan goes on where the last call stopped. Returns 0 while all is well, else the HTTP status.
  // `input` starts with the head's first byte.
  int scan(std::string_view input) noexcept;
  bool done() const noexcept { return done_; }
  std::size_t size() const noexcept { return line_start_; }  // of the head, once done

  void reset() noexcept;

 private:
  int end_line(std::string_view input, std::size_t end) noexcept;

  const ParserLimits& limits_;
  std::size_t line_start_ = 0;
  std::size_t checked_ = 0;
  std::size_t lines_ = 0;
  bool done_ = false;
};

}  // namespace latchkey::server
