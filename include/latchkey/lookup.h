#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "latchkey/store.h"

// Groups the look-ups of all threads into few reads. Auth does this for stores on a network.
//
//   auto lookup = latchkey::make_lookup(store);
namespace latchkey {

struct LookupOptions {
  std::size_t max_batches = 4;     // reads under way at the same time
  std::size_t max_waiting = 4096;  // ids; beyond it find answers `overloaded`
  Millis max_wait{150};            // for a place; then find answers `overloaded`
};

struct LookupStats {
  std::uint64_t asked = 0;    // ids that callers asked for
  std::uint64_t read = 0;     // ids that the store was asked for
  std::uint64_t batches = 0;  // calls of the store's find
  std::uint64_t refused = 0;  // ids that found the queue full, or no place in time
};

// Lookup is a Store in front of a remote store. While max_batches reads are running, look-ups of
// all threads wait in one queue; the next read takes up to 64 of their ids at once, and each id
// only once. If fewer reads are running, a look-up starts at once. No caller gets a result that
// was read before it asked. A look-up takes max_wait and the read
// timeout of the store at most. All other calls pass through.
class Lookup : public Store {
 public:
  virtual LookupStats stats() const = 0;
};

// make_lookup wraps `inner`, which must outlive the result. A near cache goes in front of it.
std::unique_ptr<Lookup> make_lookup(Store& inner, const LookupOptions& options = {});

}  // namespace latchkey
