#pragma once

#include "latchkey/store/scan_store.h"
#include "store/sqlite/file/reader.h"

namespace latchkey::sqlite {

// SqliteScan shows the tables row by row. Sessions go by rowid, all others by their key.
class SqliteScan final : public ScanStore {
 public:
  explicit SqliteScan(ReaderPool& readers) : readers_(readers) {}
  Result<ScanPage> scan(ScanKind kind, const std::string& after, std::size_t limit) override;

 private:
  ReaderPool& readers_;
};

}  // namespace latchkey::sqlite
