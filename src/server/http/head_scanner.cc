#include "server/http/head_scanner.h"

#include <cstring>

namespace latchkey::server {
namespace {

// Without a branch, so that the compiler makes vector code of the loop.
bool has_control_byte(const char* text, std::size_t size) noexcept {
  unsigned bad = 0;
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    bad |= static_cast<unsigned>(byte < 0x20U) & static_cast<unsigned>(byte != '\t');
    bad |= static_cast<unsigned>(byte == 0x7fU);
  }
  return bad != 0;
}

}  // namespace

void HeadScanner::reset() noexcept {
  line_start_ = checked_ = lines_ = 0;
  done_ = false;
}

int HeadScanner::end_line(std::string_view input, std::size_t end) noexcept {
  const std::size_t length = end - line_start_;
  if (lines_ == 0) {
    if (length == 0) return 400;
    if (length > limits_.request_line) return 414;
  } else if (length == 0) {
    done_ = true;
  } else {
    if (input[line_start_] == ' ' || input[line_start_] == '\t') return 400;
    if (lines_ > limits_.header_fields) return 431;
  }
  ++lines_;
  line_start_ = checked_ = end + 2;
  return line_start_ > limits_.header_bytes ? 431 : 0;
}

int HeadScanner::scan(std::string_view input) noexcept {
  while (!done_ && checked_ < input.size()) {
    const char* from = input.data() + checked_;
    const std::size_t left = input.size() - checked_;
    const auto* found = static_cast<const char*>(std::memchr(from, '\r', left));
    const std::size_t clean = found != nullptr ? static_cast<std::size_t>(found - from) : left;
    if (has_control_byte(from, clean)) return 400;
    checked_ += clean;
    if (lines_ == 0 && checked_ > limits_.request_line) return 414;
    if (checked_ > limits_.header_bytes) return 431;
    if (found == nullptr || checked_ + 1 >= input.size()) return 0;  // CR may be the last byte
    if (input[checked_ + 1] != '\n') return 400;
    if (const int status = end_line(input, checked_); status != 0) return status;
  }
  return 0;
}

}  // namespace latchkey::server
