#include "http/admin/parts.h"

#include <charconv>
#include <utility>

#include "http/api/problem.h"
#include "http/api/session_json.h"

namespace latchkey::http::admin {
namespace {

constexpr std::size_t kMostInPage = 1000;

}  // namespace

Response json_answer(std::string body) {
  Response response;
  response.content_type = "application/json; charset=utf-8";
  response.body = std::move(body.append("\n"));
  return response;
}

Response answer_failure(const Error& error) {
  if (error.code == Errc::invalid_argument) return problem_response(Problem::bad_query);
  if (error.code == Errc::unsupported) return problem_response(Problem::not_implemented);
  return problem_response(problem_of(error.code));
}

std::optional<codec::Json> read_body(const Request& request) {
  auto body = codec::parse_json(request.body);
  if (!body || body->object() == nullptr) return std::nullopt;
  return body;
}

std::optional<PageQuery> read_page(const Form& query) {
  PageQuery page{.after = std::string{query.get("after")}};
  if (!query.has("limit")) return page;
  const std::string_view text = query.get("limit");
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), page.limit);
  const bool whole = failed == std::errc{} && end == text.data() + text.size();
  if (!whole || page.limit == 0 || page.limit > kMostInPage) return std::nullopt;
  return page;
}

ListAnswer::ListAnswer(std::string_view name) { body_.append("{\"").append(name).append("\":["); }

void ListAnswer::add(std::string_view json) {
  if (!std::exchange(first_, false)) body_ += ',';
  body_ += json;
}

Response ListAnswer::done(const std::string& next) {
  body_ += ']';
  if (!next.empty()) append_text(body_.append(",\"next\":"), next);
  return json_answer(std::move(body_ += '}'));
}

Result<std::optional<UserId>> find_owner(Desk& desk, std::string_view username,
                                         std::string_view user_id) {
  if (username.empty()) return UserId::parse(user_id);
  auto user = desk.users.find(username);
  if (!user) return user.error();
  if (!*user) return std::optional<UserId>{};
  return std::optional{std::move((*user)->user.id)};
}

}  // namespace latchkey::http::admin
