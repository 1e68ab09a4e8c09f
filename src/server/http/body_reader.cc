// chunked-body = *chunk last-chunk CRLF
// chunk        = size CRLF *OCTET CRLF    ; size > 0
// last-chunk   = 1*16"0" CRLF
// size         = 1*16HEXDIG
#include "server/http/body_reader.h"

#include <algorithm>

#include "base/text.h"
#include "base/wipe_freed.h"

namespace latchkey::server {
namespace {

// Sizes of 2^64 and more, and zeros without end, are refused by their length.
constexpr unsigned kMaxDigits = 16;

}  // namespace

void BodyReader::begin_length(std::uint64_t bytes) noexcept {
  *this = {};
  left_ = bytes;
  state_ = bytes == 0 ? State::done : State::length;
}

void BodyReader::begin_chunks(std::uint64_t limit) noexcept {
  *this = {};
  limit_ = limit;
  state_ = State::first_digit;
}

std::size_t BodyReader::read(std::string_view input, std::string& body) {
  std::size_t used = 0;
  while (used < input.size() && state_ != State::done && refusal_ == 0) {
    if (state_ != State::length && state_ != State::data) {
      take_framing(input[used++]);
      continue;
    }
    const std::size_t size = std::min<std::uint64_t>(left_, input.size() - used);
    append_wiping(body, input.substr(used, size));
    used += size;
    left_ -= size;
    if (left_ == 0) state_ = state_ == State::length ? State::done : State::data_cr;
  }
  return used;
}

void BodyReader::take_digit(char byte) noexcept {
  const int value = hex_value(byte);
  if (value < 0 || ++digits_ > kMaxDigits) return refuse(400);
  left_ = left_ * 16 + static_cast<std::uint64_t>(value);
  state_ = State::more_digits;
}

void BodyReader::take_framing(char byte) noexcept {
  const auto expect = [&](char wanted, State next) {
    if (byte != wanted) return refuse(400);
    state_ = next;
  };
  switch (state_) {
    case State::first_digit:
      return take_digit(byte);
    case State::more_digits:
      if (byte != '\r') return take_digit(byte);
      state_ = State::size_lf;
      return;
    case State::size_lf:
      expect('\n', left_ == 0 ? State::end_cr : State::data);
      if (left_ > limit_ && refusal_ == 0) return refuse(413);
      limit_ -= std::min(left_, limit_);
      digits_ = 0;
      return;
    case State::data_cr:
      return expect('\r', State::data_lf);
    case State::data_lf:
      return expect('\n', State::first_digit);
    case State::end_cr:
      return expect('\r', State::end_lf);
    case State::end_lf:
      return expect('\n', State::done);
    case State::length:
    case State::data:
    case State::done:
      return;
  }
}

}  // namespace latchkey::server
