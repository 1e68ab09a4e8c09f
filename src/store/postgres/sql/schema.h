#pragma once

#include <string>

#include "latchkey/store.h"
#include "store/postgres/wire/connection.h"

namespace latchkey::postgres {

struct SchemaRequest {
  std::string schema{};  // empty: the first of the server's search_path
  bool create = true;
  std::string expected_instance{};
  std::optional<StoreMeta> adopt{};
};
struct OpenedSchema {
  std::string schema{};
  StoreMeta meta{};
};

// open_schema finds the tables, makes them or brings them up to date, in one transaction that
// others wait for.
Result<OpenedSchema> open_schema(Connection& connection, const SchemaRequest& request,
                                 Deadline deadline);

// read_meta reads the rows of latchkey_meta; store_mismatch unless they are those of
// `expected_instance`, when it is not empty.
Result<StoreMeta> read_meta(const Rows& rows, const std::string& expected_instance);

}  // namespace latchkey::postgres
