#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::server {

// BodyReader decodes the body of one request: a known number of bytes, or chunks (RFC 9112 section
// 7.1) without extensions and without trailers. Every byte is looked at once, whatever pieces the
// body arrives in, so a client cannot make the work grow by sending it byte by byte.
//
//   BodyReader reader;
//   reader.begin_chunks(limits.body_bytes);
//   used = reader.read(input, body);   // until done() or refusal() != 0
class BodyReader {
 public:
  // begin_length starts a body of `bytes` bytes.
  void begin_length(std::uint64_t bytes) noexcept;
  // begin_chunks starts a chunked body of at most `limit` bytes after decoding.
  void begin_chunks(std::uint64_t limit) noexcept;

  // read appends content to `body` and returns how many bytes of `input` belong to this body: all
  // of them, unless the body ends or is refused.
  std::size_t read(std::string_view input, std::string& body);

  bool done() const noexcept { return state_ == State::done; }
  // refusal is the HTTP status of a body that cannot be read, 0 while all is well.
  int refusal() const noexcept { return refusal_; }

 private:
  // What the next byte belongs to.
  enum class State : std::uint8_t {
    length,       // a body of known length
    first_digit,  // the size of a chunk
    more_digits,
    size_lf,  // the line end after a size
    data,     // the content of a chunk
    data_cr,  // the line end after the content
    data_lf,
    end_cr,  // the empty line after the last chunk
    end_lf,
    done,
  };

  void take_framing(char byte) noexcept;
  void take_digit(char byte) noexcept;
  void refuse(int status) noexcept { refusal_ = status; }

  State state_ = State::done;
  int refusal_ = 0;
  unsigned digits_ = 0;
  std::uint64_t left_ = 0;   // of the length, or of the chunk
  std::uint64_t limit_ = 0;  // what further chunks may hold
};

}  // namespace latchkey::server
