#include "http/message.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace latchkey::http {
namespace {

// R58-R66. In two pieces, because every answer carries them; WriteOptions::form_targets is between.
constexpr std::string_view kSecurityHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src "
    "'self' data:; "
    "connect-src 'self'; form-action 'self'";
constexpr std::string_view kMoreSecurityHeaders =
    "; base-uri 'none'; frame-ancestors 'none'; object-src 'none'\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n";
constexpr std::string_view kReferrer = "Referrer-Policy: same-origin\r\n";
// The site and nothing behind it. With `no-referrer` forms would have no Origin.
constexpr std::string_view kReferrerOfPrivate = "Referrer-Policy: strict-origin\r\n";
// R61. With includeSubDomains only when asked for: the sites of all other hosts below this one
// would be pinned to https for a year, too.
constexpr std::string_view kHsts = "Strict-Transport-Security: max-age=31536000";
constexpr std::string_view kPrivate = "Cache-Control: no-store\r\nVary: Cookie\r\n";
constexpr std::string_view kImmutable = "Cache-Control: public, max-age=31536000, immutable\r\n";
constexpr std::string_view kRevalidate = "Cache-Control: public, no-cache\r\n";

// has_body tells whether a message with that status has one, and a length (RFC 9110 section 8.6).
bool has_body(int status) noexcept { return status != 204 && status != 304; }

std::string_view caching(const Response& response) noexcept {
  if (response.immutable) return kImmutable;
  return response.revalidate ? kRevalidate : kPrivate;
}

// reason_of names a status for people (RFC 9110 section 15); a status without a name goes out all
// the same.
std::string_view reason_of(int status) noexcept {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return {};
  }
}

// Our own values are printable ASCII; anything else came from outside and could split the answer.
bool is_header_value(std::string_view value) noexcept {
  return std::all_of(value.begin(), value.end(), [](char c) { return c >= 0x20 && c < 0x7f; });
}

void append_number(std::string& out, std::size_t number) {
  char digits[24];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_length(std::string& out, std::size_t length) {
  out.append("Content-Length: ");
  append_number(out, length);
  out.append("\r\n");
}

void append_status_line(std::string& out, int status) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(status));
  out.append(" ").append(reason_of(status)).append("\r\n");
}

void append_head(const Response& response, const WriteOptions& options, std::string& out) {
  append_status_line(out, response.status);
  out.append("Date: ").append(options.date).append("\r\n");
  out.append(kSecurityHeaders).append(options.form_targets).append(kMoreSecurityHeaders);
  out.append(response.private_address ? kReferrerOfPrivate : kReferrer);
  if (options.hsts != Hsts::none) {
    out.append(kHsts).append(options.hsts == Hsts::subdomains ? "; includeSubDomains" : "");
    out.append("\r\n");
  }
  out.append(caching(response));
  if (!options.request_id.empty()) {
    out.append("X-Request-Id: ").append(options.request_id).append("\r\n");
  }
  if (!response.content_type.empty()) {
    out.append("Content-Type: ").append(response.content_type).append("\r\n");
  }
  if (has_body(response.status)) append_length(out, response.body.size());
  if (response.close || !options.keep_alive) out.append("Connection: close\r\n");
  for (const auto& [name, value] : response.headers) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
  out.append("\r\n");
}

Response internal_error() {
  Response response;
  response.status = 500;
  response.content_type = "text/plain; charset=utf-8";
  response.body = "Something went wrong on our side.\n";
  response.close = true;
  return response;
}

}  // namespace

bool same_field(std::string_view a, std::string_view b) noexcept {
  return equal_ignoring_case(a, b);
}

std::optional<std::string_view> Request::header(std::string_view name) const noexcept {
  for (const Header& candidate : headers) {
    if (same_field(candidate.name, name)) return candidate.value;
  }
  return std::nullopt;
}

std::size_t Request::header_count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(
      std::count_if(headers.begin(), headers.end(),
                    [&](const Header& candidate) { return same_field(candidate.name, name); }));
}

void write_response(const Response& response, const WriteOptions& options, std::string& out) {
  for (const auto& [name, value] : response.headers) {
    if (is_header_value(value)) continue;
    return write_response(internal_error(), options, out);
  }
  append_head(response, options, out);
  if (!options.head && has_body(response.status)) out.append(response.body);
}

}  // namespace latchkey::http
