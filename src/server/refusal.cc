#include "server/refusal.h"

#include <array>
#include <string>

namespace latchkey::server {
namespace {

struct Row {
  int status;
  std::string_view code;
  std::string_view title;  // the status phrase (RFC 9457 section 4.2.1)
  std::string_view detail;
};

constexpr std::array kRows{
    Row{400, "bad_request", "Bad Request", "The request is not valid HTTP."},
    Row{405, "method_not_allowed", "Method Not Allowed", "This method is not allowed."},
    Row{408, "request_timeout", "Request Timeout", "The request did not arrive in time."},
    Row{413, "too_large", "Content Too Large", "The request body is too large."},
    Row{414, "uri_too_long", "URI Too Long", "The request line is too long."},
    Row{417, "expectation_failed", "Expectation Failed",
        "The only expectation met is 100-continue."},
    Row{431, "headers_too_large", "Request Header Fields Too Large",
        "The request headers are too large or too many."},
    Row{501, "not_implemented", "Not Implemented", "This method is not implemented."},
    Row{503, "overloaded", "Service Unavailable", "The server is busy. Try again in a moment."},
    Row{505, "http_version_not_supported", "HTTP Version Not Supported",
        "Only HTTP 1.0 and 1.1 are supported."},
};

}  // namespace

http::Response refusal(int status) {
  const Row* row = &kRows.front();
  for (const Row& candidate : kRows) {
    if (candidate.status == status) row = &candidate;
  }
  http::Response response;
  response.status = row->status;
  response.content_type = "application/problem+json; charset=utf-8";
  response.body.append(R"({"type":"about:blank","title":")").append(row->title);
  response.body.append(R"(","status":)").append(std::to_string(row->status));
  response.body.append(R"(,"code":")").append(row->code);
  response.body.append(R"(","detail":")").append(row->detail).append("\"}");
  if (row->status == 503) {
    response.headers.emplace_back("Retry-After", "1");
  } else {
    response.close = true;
  }
  if (row->status == 405) {
    response.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }
  return response;
}

const std::string_view kTooManyConnections =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n"
    "Cache-Control: no-store\r\nContent-Length: 0\r\n\r\n";

}  // namespace latchkey::server
