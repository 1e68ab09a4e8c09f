#include "server/http/refusal.h"

#include <array>
#include <utility>

#include "http/pages/pages.h"

namespace latchkey::server {
namespace {

using http::Problem;

constexpr std::array<std::pair<int, Problem>, 11> kProblems{{
    {400, Problem::bad_request},
    {405, Problem::method_not_allowed},
    {408, Problem::request_timeout},
    {413, Problem::body_too_large},
    {414, Problem::uri_too_long},
    {417, Problem::expectation_failed},
    {429, Problem::rate_limited},
    {431, Problem::headers_too_large},
    {501, Problem::not_implemented},
    {503, Problem::overloaded},
    {505, Problem::http_version_not_supported},
}};

Problem problem_of(int status) noexcept {
  for (const auto& [known, problem] : kProblems) {
    if (known == status) return problem;
  }
  return Problem::bad_request;
}

}  // namespace

http::Response refusal(int status, std::string_view path) {
  const Problem problem = problem_of(status);
  // What is not valid HTTP comes from no browser, and its path may be anything.
  const bool bare = path.empty() || problem == Problem::bad_request;
  http::Response response =
      bare ? http::problem_response(problem) : http::problem_at(path, problem);
  response.close = problem != Problem::overloaded;
  if (problem == Problem::method_not_allowed) {
    response.headers.emplace_back("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS");
  }
  return response;
}

}  // namespace latchkey::server
