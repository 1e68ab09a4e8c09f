#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/time.h"

namespace latchkey::http {

// Header is one field of a request, its value trimmed of SP and HTAB.
struct Header {
  std::string_view name{};
  std::string_view value{};
};

// same_field tells whether two field names are the same; case does not matter.
bool same_field(std::string_view a, std::string_view b) noexcept;

// Request is a parsed request. It owns nothing: the connection's buffer outlives it.
struct Request {
  std::string_view method{};
  std::string_view path{};   // as sent, without query; begins with '/'
  std::string_view query{};  // behind '?', without it
  std::span<const Header> headers{};
  std::string_view body{};
  std::string_view peer_address{};  // of the socket, not of any forwarded header
  std::string_view request_id{};    // as the log names it; empty: it has none

  // header returns the first field named `name` (case does not matter), or nothing.
  std::optional<std::string_view> header(std::string_view name) const noexcept;
  // header_count tells how many fields have that name.
  std::size_t header_count(std::string_view name) const noexcept;
};

// Response is what a route answers. Every response gets the security headers when it is written.
struct Response {
  int status = 200;
  std::string_view content_type{};  // a literal; empty: no body
  std::string body{};
  std::vector<std::pair<std::string_view, std::string>> headers{};  // names are literals
  bool close = false;  // the connection ends after this answer
  // The body is the same for everyone and its address changes with it: caches may keep it for good.
  // Everything else is no-store (R58).
  bool immutable = false;
  // The address of the page opens something: not even our own pages are told it (Referer).
  bool private_address = false;
  // The body is the same for everyone, and caches may keep it but ask every time. It has an ETag.
  bool revalidate = false;
  Millis hold{0};  // the answer goes out not before this long after it was made
};

// Hsts is what Strict-Transport-Security covers. It is sent when browsers use https.
enum class Hsts : std::uint8_t { none, host, subdomains };

// WriteOptions say how an answer goes out on the wire.
struct WriteOptions {
  bool head = false;  // a HEAD request: Content-Length but no body
  bool keep_alive = true;
  Hsts hsts = Hsts::none;
  // Where a form of our pages may lead besides this origin: sources of a Content-Security-Policy,
  // each behind a blank. A log-in leads back to other hosts of the cookie's domain.
  std::string_view form_targets{};
  std::string_view date{};        // IMF-fixdate
  std::string_view request_id{};  // X-Request-Id; empty: none
};
// write_response appends the complete message to `out`. A header value with CR, LF, NUL or another
// control character is dropped and the answer becomes a 500 (R146).
void write_response(const Response& response, const WriteOptions& options, std::string& out);

}  // namespace latchkey::http
