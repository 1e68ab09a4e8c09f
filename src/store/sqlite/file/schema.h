#pragma once

#include <string>

#include "latchkey/result.h"
#include "latchkey/store.h"
#include "store/sqlite/file/connection.h"

namespace latchkey::sqlite {

inline constexpr std::int64_t kSchemaVersion = 4;
// kOldestReader: programs that know this version may open the file; what came later only adds.
inline constexpr std::int64_t kOldestReader = 3;

struct SchemaRequest {
  bool create = true;               // make the tables when there are none
  std::string expected_instance{};  // when not empty, the only instance accepted
  Millis busy_timeout{0};
  std::optional<StoreMeta> adopt{};
};

// open_schema turns a freshly opened connection into one on our tables: WAL mode, tables made or
// brought up to date in one transaction, instance checked. Tables of others are left alone.
Result<StoreMeta> open_schema(Connection& connection, const SchemaRequest& request);

// verify_instance checks that the database still carries `instance`: store_mismatch when not.
Result<void> verify_instance(Connection& connection, const std::string& instance);

// lost_instance is the error for a database that is not the one that was opened.
Error lost_instance();

}  // namespace latchkey::sqlite
