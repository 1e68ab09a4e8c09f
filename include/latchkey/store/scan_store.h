#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "latchkey/result.h"
#include "latchkey/store.h"

// The part of the store contract that lists all data, for copying a store.
namespace latchkey {

enum class ScanKind : std::uint8_t { users, epochs, denials, sessions };

struct UserEpoch {
  UserId user{};
  std::int64_t epoch = 0;
  friend bool operator==(const UserEpoch&, const UserEpoch&) = default;
};

// ScanPage holds rows of the one kind that was asked for.
struct ScanPage {
  std::vector<StoredUser> users{};
  std::vector<UserEpoch> epochs{};
  std::vector<Denial> denials{};
  std::vector<SessionRecord> sessions{};
  std::string next{};  // empty: that was all
};

class ScanStore {
 public:
  virtual ~ScanStore() = default;
  // scan pages through all rows of a kind, in the store's own order; `after` is `next` of the
  // previous page, empty at first, and stays valid if the scan is resumed later. Rows that exist
  // from the first page to the last are returned at least once; rows added or deleted meanwhile may
  // be missing. `limit` is 1 to 1000 rows, which a store may exceed a little.
  virtual Result<ScanPage> scan(ScanKind kind, const std::string& after, std::size_t limit) = 0;
};

}  // namespace latchkey
