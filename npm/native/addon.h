#pragma once

#include "napi.h"

// The parts of the addon; each defines its functions, which npm/src/native/index.ts types.
namespace latchkey::node {

void define_seal(napi_env env, napi_value exports);
void define_jwt(napi_env env, napi_value exports);
void define_denials(napi_env env, napi_value exports);
void define_lucia(napi_env env, napi_value exports);
void define_lucia_store(napi_env env, napi_value exports);
void define_sessions(napi_env env, napi_value exports);
void define_session_changes(napi_env env, napi_value exports);
void define_session_cookies(napi_env env, napi_value exports);
void define_events(napi_env env, napi_value exports);
void define_accounts(napi_env env, napi_value exports);
void define_front_door(napi_env env, napi_value exports);
void define_rules(napi_env env, napi_value exports);
// define_postgres defines what needs the system's libpq, as members of `postgres`.
void define_postgres(napi_env env, napi_value exports);
void define_postgres_lucia(napi_env env, napi_value part);

}  // namespace latchkey::node
