#pragma once

#include <memory>
#include <string_view>

#include "batches.h"
#include "registry.h"
#include "session_values.h"

// Calls about sessions that go to the store together.
namespace latchkey::node {

// check_answers and create_answers answer batches of them with what is open.
Batches::Answer check_answers(OpenSessions& open);
Batches::Answer create_answers(OpenSessions& open);

// check_later and create_later return the promise of a validation and of a new session.
napi_value check_later(napi_env env, const std::shared_ptr<OpenSessions>& open,
                       std::string_view token, const ValidateOptions& options, UnixTime now);
napi_value create_later(napi_env env, const std::shared_ptr<OpenSessions>& open, UserId user,
                        CreateOptions given, UnixTime now);

}  // namespace latchkey::node
