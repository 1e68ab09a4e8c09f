#pragma once

#include "latchkey/store/scan_store.h"
#include "store/postgres/wire/client.h"

namespace latchkey::postgres {

// PostgresScan shows the tables row by row, by their keys.
class PostgresScan final : public ScanStore {
 public:
  explicit PostgresScan(Client& client) : client_(client) {}
  Result<ScanPage> scan(ScanKind kind, const std::string& after, std::size_t limit) override;

 private:
  Client& client_;
};

}  // namespace latchkey::postgres
