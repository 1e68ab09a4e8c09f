#pragma once

#include <memory>

#include "latchkey/entropy.h"
#include "latchkey/store.h"

// A store in memory, for tests and for sessions that may end with the process.
//
//   auto store = latchkey::make_memory_store();
//   if (!store) return fail(store.error().detail);
//   auto auth = latchkey::Auth::open(std::move(*store), {.public_url = "http://localhost:8080"});
namespace latchkey {

// make_memory_store returns a store in this process's memory, for tests and for programs whose
// sessions may end with the process. `entropy` makes its slot key.
Result<std::unique_ptr<Store>> make_memory_store(Entropy& entropy = system_entropy());

// make_memory_store makes a successor of another store, with its instance marker and slot key.
std::unique_ptr<Store> make_memory_store(const StoreMeta& adopted);

}  // namespace latchkey
