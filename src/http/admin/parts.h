#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "codec/json/json.h"
#include "http/admin/repeats.h"
#include "http/message.h"
#include "http/pages/form.h"
#include "latchkey/auth.h"
#include "latchkey/user_admin.h"

// What the routes of the admin API share.
namespace latchkey::http::admin {

// Desk is what every route works on.
struct Desk {
  Auth& auth;
  UserAdmin users;
  const Clock& clock;
  Repeats repeats{};
};

Response json_answer(std::string body);
// answer_failure answers what a store or an argument was wrong with.
Response answer_failure(const Error& error);

// read_body returns the object that the body is, or nothing.
std::optional<codec::Json> read_body(const Request& request);

// PageQuery is ?limit=&after= of a list: 1 to 1000, 100 unless told.
struct PageQuery {
  std::size_t limit = 100;
  std::string after{};
};
std::optional<PageQuery> read_page(const Form& query);

// list_json is {"NAME":[...],"next":...} of elements that are JSON already, and its Link header.
class ListAnswer {
 public:
  explicit ListAnswer(std::string_view name);
  void add(std::string_view json);
  Response done(const std::string& next);

 private:
  std::string body_;
  bool first_ = true;
};

// find_owner finds whom `username` or `user_id` names, of which exactly one is given. By id it may
// be somebody whom only the application knows. Nothing: there is no such user.
Result<std::optional<UserId>> find_owner(Desk& desk, std::string_view username,
                                         std::string_view user_id);

Response introspect(Desk& desk, const Request& request);
Response list_sessions(Desk& desk, const Request& request);
Response show_session(Desk& desk, const SessionId& id);
Response end_session(Desk& desk, const SessionId& id);
Response revoke(Desk& desk, const Request& request);

Response list_events(Desk& desk, const Request& request);

Response list_users(Desk& desk, const Request& request);
Response show_user(Desk& desk, const UserId& id);
// What a POST to /admin/v1/users/ID/CHANGE and a DELETE of the user do.
Response disable_user(Desk& desk, const UserId& id);
Response enable_user(Desk& desk, const UserId& id);
Response delete_user(Desk& desk, const UserId& id);

}  // namespace latchkey::http::admin
