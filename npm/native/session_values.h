#pragma once

#include "latchkey/sessions.h"
#include "napi.h"

// What the calls about sessions take and give. The order of the lists is that of
// npm/src/native/index.ts, which names their members.
namespace latchkey::node {

napi_value make_record(napi_env env, const SessionRecord& record);
napi_value make_user(napi_env env, const std::optional<User>& user);
napi_value make_validation(napi_env env, const Validation& validation);
napi_value make_new_session(napi_env env, const NewSession& made);

// read_create reads what a new session is given; the texts live in `out` as long as it does.
struct CreateArguments {
  std::string attributes, user_agent, address;
  CreateOptions options{};
};
void read_create(const Options& given, CreateArguments& out);

// read_options reads the configuration; misuse is Errc::bad_config.
Result<SessionsOptions> read_sessions_options(const Options& given);

}  // namespace latchkey::node
