#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/result.h"
#include "latchkey/time.h"

namespace latchkey {

struct LuciaSession {
  UserId user_id{};
  UnixTime expires_at{};
  std::string attributes{};  // every other column of the row, as a JSON object
};

// LuciaReader sees Lucia's tables as another system's sessions: read, and ended once. Thread-safe.
class LuciaReader {
 public:
  virtual ~LuciaReader() = default;
  // find returns the session of `token`, if its row and its user exist. It judges no deadline.
  virtual Result<std::optional<LuciaSession>> find(std::string_view token) = 0;
  // remove deletes its row. False: there was none.
  virtual Result<bool> remove(std::string_view token) = 0;
};

struct LuciaReaderOptions {
  std::string database{};  // the path of an SQLite file, or postgres://...
  std::string session_table{};
  std::string user_table{};
  bool hashed_ids = false;  // the id column holds the SHA-256 of the token, in hex
};

namespace sqlite {
// open_lucia_reader fails with store_mismatch when tables or columns are missing. It makes nothing.
Result<std::unique_ptr<LuciaReader>> open_lucia_reader(const LuciaReaderOptions& options);
}  // namespace sqlite
namespace postgres {
Result<std::unique_ptr<LuciaReader>> open_lucia_reader(const LuciaReaderOptions& options);
}  // namespace postgres

}  // namespace latchkey
