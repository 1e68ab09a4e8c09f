#pragma once

#include "napi.h"

// The second binary of the npm package: what needs libpq, the system's. libpq brings the system's
// OpenSSL along, so the file is loaded in a way that Node's own does not stand in for it
// (RTLD_DEEPBIND, npm/src/loader.cjs).
namespace latchkey::node {

void define_postgres_lucia(napi_env env, napi_value exports);

}  // namespace latchkey::node
