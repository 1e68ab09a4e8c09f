#pragma once

#include "store/redis/engine.h"

// What would let a store open and fail later is looked for when it is opened.
namespace latchkey::redis {

// check_server runs what the calls of a store are made of, on a key that is gone after it, and
// fails when the server does not offer it to this user. What passes by itself, such as a disk of
// the engine that is full, is no failure: sessions are read all the same. A store that is only read
// need not write.
Result<void> check_server(Engine& engine, bool read_only);

// warn_about_server logs settings of the server by which sessions get lost, where this user may
// read them.
void warn_about_server(Engine& engine);

}  // namespace latchkey::redis
