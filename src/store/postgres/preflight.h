#pragma once

#include <string>

#include "store/postgres/wire/connection.h"

// What would let a store open and fail later is looked for when it is opened.
namespace latchkey::postgres {

// check_server looks at what role, database and a pooler make of a connection to `target`:
// bad_config says what to change. A store that is only read may be read-only.
Result<void> check_server(Connection& connection, const Target& target, bool read_only,
                          Deadline deadline);

// check_listen looks whether notifications of the store `instance` can come over `listen`. One that
// cannot be reached now is no failure: the listener goes on trying, and says so.
Result<void> check_listen(const Target& listen, const std::string& schema,
                          const std::string& instance, Deadline deadline);

// check_rights fails with store_read_only and names what the database user may not do with the
// tables and functions in `schema`.
Result<void> check_rights(Connection& connection, const std::string& schema, Deadline deadline);

}  // namespace latchkey::postgres
