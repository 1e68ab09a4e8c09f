#pragma once

#include <string>

#include "latchkey/store/scan_store.h"
#include "store/redis/engine.h"

namespace latchkey::redis {

// RedisScan shows every key of a kind by SCAN, node after node. SCAN's cursor means something only
// to the process that gave it, and a key that moves to a node that was passed already is not seen;
// so a position carries a mark of the servers and their slots, and a scan whose mark is no longer
// the present one begins again.
class RedisScan final : public ScanStore {
 public:
  explicit RedisScan(Engine& engine) : engine_(engine) {}
  Result<ScanPage> scan(ScanKind kind, const std::string& after, std::size_t limit) override;

 private:
  struct Position {
    std::size_t node = 0;
    std::string cursor = "0";
  };

  // mark fails when a node lost its instance marker: what is gone must not look as if it had ended.
  Result<std::string> mark();
  // read_page fills `page` from `position` on, and moves it to where the next page begins: behind
  // the last node when that was all.
  Result<void> read_page(ScanKind kind, std::size_t limit, Position& position, ScanPage& page);
  Result<void> read_rows(ScanKind kind, const std::vector<std::string>& keys, ScanPage& page);
  Result<void> add_row(ScanKind kind, const std::string& key, const Reply& reply, ScanPage& page);

  Engine& engine_;
};

}  // namespace latchkey::redis
