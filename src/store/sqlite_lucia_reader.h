#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/ids.h"
#include "latchkey/result.h"
#include "latchkey/time.h"

namespace latchkey::sqlite {

class LuciaTables;

struct LuciaReaderOptions {
  std::string path{};
  std::string session_table = "session";
  std::string user_table = "user";
  bool hashed_ids = false;  // the id column holds the SHA-256 of the token, in hex
};

struct LuciaSession {
  UserId user_id{};
  UnixTime expires_at{};
  std::string attributes{};  // every other column of the row, as a JSON object
};

// LuciaReader sees Lucia's tables as another system's sessions: read, and ended once. Thread-safe.
class LuciaReader {
 public:
  // open fails with store_mismatch when tables or columns are missing. It makes nothing.
  static Result<std::unique_ptr<LuciaReader>> open(const LuciaReaderOptions& options);
  ~LuciaReader();

  // find returns the session of `token`, if its row and its user exist. It judges no deadline.
  Result<std::optional<LuciaSession>> find(std::string_view token);
  // remove deletes its row. False: there was none.
  Result<bool> remove(std::string_view token);

 private:
  explicit LuciaReader(std::unique_ptr<LuciaTables> tables);
  std::unique_ptr<LuciaTables> tables_;
};

}  // namespace latchkey::sqlite
