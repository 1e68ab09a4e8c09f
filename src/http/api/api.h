#pragma once

#include "http/app.h"

namespace latchkey::codec {
struct Json;
}

// The JSON API. docs/http_api.md
namespace latchkey::http {

class Form;

Response api_sign_up(App& app, const Request& request, AuthSession& session);
Response api_log_in(App& app, const Request& request, AuthSession& session);
Response api_change_password(App& app, const Request& request, AuthSession& session);
Response api_reauthenticate(App& app, const Request& request, AuthSession& session);
Response api_forgot_password(App& app, const Request& request, AuthSession& session);
Response api_reset_password(App& app, const Request& request, AuthSession& session);
Response api_get_email(App& app, const Request& request, AuthSession& session);
Response api_verify_email(App& app, const Request& request, AuthSession& session);
Response api_confirm_email(App& app, const Request& request, AuthSession& session);
Response api_delete_user(App& app, const Request& request, AuthSession& session);
Response api_log_out(App& app, const Request& request, AuthSession& session);
Response api_get_session(App& app, const Request& request, AuthSession& session);
// What /latchkey.js asks.
Response api_session_status(App& app, const Request& request, AuthSession& session);
Response api_refresh_session(App& app, const Request& request, AuthSession& session);
Response api_list_sessions(App& app, const Request& request, AuthSession& session);
Response api_end_sessions(App& app, const Request& request, AuthSession& session);  // ?scope=
Response api_list_events(App& app, const Request& request, AuthSession& session);
// The id is the end of the path.
Response api_end_session(App& app, const Request& request, AuthSession& session);

// The two routes of device-bound sessions.
Response api_register_device(App& app, const Request& request, AuthSession& session);
Response api_refresh_device(App& app, const Request& request, AuthSession& session);

Response get_livez(App& app, const Request& request);
Response get_readyz(App& app, const Request& request);

// wants_fresh reads ?fresh=: whether the store is to be asked and not a copy. Nothing: it has a
// value that is not allowed.
std::optional<bool> wants_fresh(const Request& request);

// read_wait reads ?wait=: whether the answer about an end is to wait until no node accepts the
// session any more. Nothing: it has a value that is not allowed.
std::optional<bool> read_wait(const Request& request);

// string_at returns the string member `name` of a body, or nullptr.
const std::string* string_at(const codec::Json& body, std::string_view name) noexcept;
// answer_body hands a strict JSON object on, and wipes what it brought.
using BodyAnswer = Response (*)(App&, AuthSession&, const codec::Json&);
Response answer_body(App& app, const Request& request, AuthSession& session, BodyAnswer answer);

// rate_limited_response says when the next try is allowed.
Response rate_limited_response(Millis retry_after);

// whole_seconds rounds up, for Retry-After.
std::string whole_seconds(Millis time);

// wipe_strings overwrites the passwords in a parsed body.
void wipe_strings(codec::Json& body) noexcept;

// session_response tells of the session and its user.
Response session_response(const App& app, AuthSession& session, int status = 200);

// api_problem answers with what `session` lacks, or with the failure of its last call.
Response api_problem(const AuthSession& session);

// read_limit reads ?limit= of a list, 1 to 100, and 50 when it is not there; 0 when it is anything
// else.
std::size_t read_limit(const Form& query) noexcept;

// why_one_session says, as a sentence, why only this one is listed; empty when all are.
std::string_view why_one_session(const App& app) noexcept;

inline constexpr std::string_view kSessionPath = "/v1/sessions/";

}  // namespace latchkey::http
