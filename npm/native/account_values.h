#pragma once

#include "latchkey/accounts.h"
#include "napi.h"

namespace latchkey::node {

// make_rejection makes [name, text] of what a form is told; null when there is nothing to tell.
napi_value make_rejection(napi_env env, Rejection rejection);

}  // namespace latchkey::node
