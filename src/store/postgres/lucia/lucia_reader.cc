#include "store/lucia/reader.h"

#include "store/postgres/lucia/lucia.h"

namespace latchkey::postgres {
namespace {

class PostgresLuciaReader final : public LuciaReader {
 public:
  explicit PostgresLuciaReader(std::unique_ptr<LuciaTables> tables) : tables_(std::move(tables)) {}

  Result<std::optional<LuciaSession>> find(std::string_view token) override {
    return tables_->find_session(token);
  }
  Result<bool> remove(std::string_view token) override { return tables_->remove(token); }

 private:
  const std::unique_ptr<LuciaTables> tables_;
};

}  // namespace

Result<std::unique_ptr<LuciaReader>> open_lucia_reader(const LuciaReaderOptions& options) {
  auto tables = LuciaTables::open({.url = options.database,
                                   .session_table = options.session_table,
                                   .user_table = options.user_table,
                                   .hashed_ids = options.hashed_ids});
  if (!tables) return tables.error();
  return std::unique_ptr<LuciaReader>(std::make_unique<PostgresLuciaReader>(*std::move(tables)));
}

}  // namespace latchkey::postgres
