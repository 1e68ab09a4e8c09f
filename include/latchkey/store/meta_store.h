#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "latchkey/result.h"

// What a store knows about itself. Part of the contract in latchkey/store.h.
namespace latchkey {

// Meta is what a store knows about itself.
struct StoreMeta {
  std::string instance{};  // random text made with the store; proves it is the same
  std::array<std::uint8_t, 32> slot_key{};  // docs/formats/token.md; set once, never rotated
  std::int64_t schema_version = 0;
};
class MetaStore {
 public:
  virtual ~MetaStore() = default;
  virtual Result<StoreMeta> meta() = 0;
  // check is a quick test that the store is reachable and still the same instance.
  virtual Result<void> check() = 0;
};

}  // namespace latchkey
