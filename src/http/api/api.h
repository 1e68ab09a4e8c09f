#pragma once

#include "http/app.h"

namespace latchkey::codec {
struct Json;
}

// The JSON API. docs/http_api.md
namespace latchkey::http {

Response api_sign_up(App& app, const Request& request);
Response api_log_in(App& app, const Request& request);
Response api_change_password(App& app, const Request& request);
Response api_log_out(App& app, const Request& request);
Response api_get_session(App& app, const Request& request);
Response api_refresh_session(App& app, const Request& request);
Response api_list_sessions(App& app, const Request& request);
Response api_end_sessions(App& app, const Request& request);  // ?scope=
Response api_end_session(App& app, const Request& request);   // the id is the end of the path

Response get_livez(App& app, const Request& request);
Response get_readyz(App& app, const Request& request);

// read_wait reads ?wait=: whether the answer about an end is to wait until no node accepts the
// session any more. Nothing: it has a value that is not allowed.
std::optional<bool> read_wait(const Request& request);

// wipe_strings overwrites the passwords in a parsed body.
void wipe_strings(codec::Json& body) noexcept;

// api_failure answers a failure and logs it. It never touches a cookie.
Response api_failure(const Error& error, const Request& request);

inline constexpr std::string_view kSessionPath = "/v1/sessions/";

}  // namespace latchkey::http
