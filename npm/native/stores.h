#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "lanes.h"
#include "latchkey/store.h"
#include "store/store_url.h"

// The stores that are open in this process, each once, whoever asked for it.
namespace latchkey::node {

// read_store reads the text that names a store. Errors begin with "store:", which is what the
// argument is called everywhere.
Result<StoreUrl> read_store(std::string_view text);
// lane_of is where calls wait for a store.
Lane& lane_of(const StoreUrl& store);

// find_store opens a store, or finds it open. It blocks while it connects, so a remote store is not
// asked for on the event loop; after a failure it answers with that for a moment. A remote store
// has a look-up queue and a near cache before it. Thread-safe.
Result<std::shared_ptr<Store>> find_store(const StoreUrl& store);
// keep_store does the same and keeps it open with the program.
Result<std::shared_ptr<Store>> keep_store(const StoreUrl& store);
// kept_store returns a store that keep_store has opened before, or nothing.
std::shared_ptr<Store> kept_store(const StoreUrl& store);
// forget_kept_stores lets go of those.
void forget_kept_stores();

// canonical_path makes one of the spellings of a path.
std::string canonical_path(const std::string& path);

}  // namespace latchkey::node
