#pragma once

#include "latchkey/accounts.h"
#include "napi.h"

namespace latchkey::node {

// make_rejection makes [name, text, seconds] of what a form is told; null when there is nothing to
// tell. The seconds are those until the next try, 0 unless there were too many.
napi_value make_rejection(napi_env env, Rejection rejection, Millis retry_after);

}  // namespace latchkey::node
