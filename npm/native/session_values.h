#pragma once

#include "latchkey/sessions.h"
#include "napi.h"

// What the calls about sessions take and give. What is packed, npm/src/session_lists.ts reads.
namespace latchkey::node {

napi_value make_record(napi_env env, const SessionRecord& record);
napi_value make_user(napi_env env, const std::optional<User>& user);
napi_value make_validation(napi_env env, const Validation& validation);
napi_value make_new_session(napi_env env, const NewSession& made);
napi_value make_updated(napi_env env, const Updated& updated);

// What a level has room for; which levels there are, the core says.
inline constexpr std::int64_t kMostLevel = 255;
inline constexpr const char* kUserIdRule =
    "userId: text of 1 to 255 bytes without control characters is expected";

// read_create reads what a new session is given. What is of a wrong kind is refused.
Result<CreateOptions> read_create(Options given);

// read_options reads the configuration; misuse is Errc::bad_config.
Result<SessionsOptions> read_sessions_options(Options given);

}  // namespace latchkey::node
