#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "server/http/limits.h"

namespace latchkey::server {

// RequestParser reads one HTTP/1.x request after the other. It is stricter than RFC 9112 allows a
// server to be, so that it can never disagree with a proxy in front about where a request ends:
// CRLF only, no folded lines, no blank before a colon, one Content-Length or one `chunked`, no
// chunk extensions, no trailers, exactly one Host (R141-R143).
//
// The head is kept as slices into the caller's buffer, so its bytes must stay in place until
// reset(); body bytes are copied out and may be overwritten at once.
class RequestParser {
 public:
  enum class Status {
    need_more,  // give more bytes
    head_done,  // find_head: call read_head; read_head: a body follows, call parse_body
    complete,   // request() is whole
    refused,    // refusal() is the HTTP status; the connection cannot be used any further
  };

  explicit RequestParser(const ParserLimits& limits);
  ~RequestParser();

  // reset makes ready for the next request.
  void reset();
  // find_head looks for the end of the head in `input`, all bytes of the connection from the
  // request's first one on. Bytes seen by an earlier call are not looked at again. Until it answers
  // head_done the bytes may move between calls.
  Status find_head(std::string_view input);
  std::size_t head_size() const noexcept;
  // read_head takes the head, the first head_size() bytes.
  Status read_head(std::string_view head);
  // announces_body: the head was read and is whole, and a body follows, even one that is too large.
  bool announces_body() const noexcept;
  // parse_body takes bytes of the body. `used` tells how many: fewer than given only when the body
  // ends or is refused; the others belong to the next request.
  Status parse_body(std::string_view input, std::size_t& used);

  const http::Request& request() const noexcept;
  http::Request& mutable_request() noexcept;
  bool keep_alive() const noexcept;
  bool expects_continue() const noexcept;  // 100 Continue must go out before the body comes
  int refusal() const noexcept;
  // readable: the head was. What is refused then is its method (501) or its body's length (413).
  bool readable() const noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace latchkey::server
