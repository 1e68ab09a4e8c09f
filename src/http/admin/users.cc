#include "http/admin/operator_json.h"
#include "http/admin/parts.h"
#include "http/api/json_out.h"
#include "http/api/problem.h"

namespace latchkey::http::admin {
namespace {

// What a change of one user did; nothing: there is none.
Response changed(const UserId& id, std::string_view what,
                 const Result<std::optional<Removed>>& ended) {
  if (!ended) return answer_failure(ended.error());
  if (!*ended) return problem_response(Problem::user_not_found);
  return json_answer(JsonOut()
                         .text("id", id.text())
                         .flag(what, true)
                         .number("ended", static_cast<std::int64_t>((*ended)->ids.size()))
                         .done());
}

Response one(const Result<std::optional<StoredUser>>& user) {
  if (!user) return answer_failure(user.error());
  if (!*user) return problem_response(Problem::user_not_found);
  return json_answer(operator_json((*user)->user));
}

}  // namespace

Response list_users(Desk& desk, const Request& request) {
  const auto query = Form::parse(request.query);
  const auto page = query ? read_page(*query) : std::nullopt;
  if (!page) return problem_response(Problem::bad_query);
  ListAnswer list("users");
  if (query->has("username")) {
    const auto user = desk.users.find(query->get("username"));
    if (!user) return answer_failure(user.error());
    if (*user) list.add(operator_json((*user)->user));
    return list.done({});
  }
  const auto users = desk.users.list(page->after, page->limit);
  if (!users) return answer_failure(users.error());
  for (const StoredUser& user : users->users) list.add(operator_json(user.user));
  return list.done(users->next);
}

Response show_user(Desk& desk, const UserId& id) { return one(desk.users.find(id)); }

Response disable_user(Desk& desk, const UserId& id) {
  return changed(id, "disabled", desk.users.disable(id));
}

Response enable_user(Desk& desk, const UserId& id) {
  return changed(id, "enabled", desk.users.enable(id));
}

Response delete_user(Desk& desk, const UserId& id) {
  return changed(id, "deleted", desk.users.remove(id));
}

}  // namespace latchkey::http::admin
