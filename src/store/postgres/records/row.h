#pragma once

#include <string_view>
#include <vector>

#include "latchkey/record.h"
#include "latchkey/store.h"
#include "store/damaged_row.h"
#include "store/postgres/records/rows.h"
#include "store/postgres/wire/params.h"

// The mapping between rows and records. docs/formats/postgres.md
namespace latchkey::postgres {

inline constexpr int kRecordColumns = 17;

// add_record adds the sixteen columns of a session.
void add_record(Params& params, const SessionRecord& record);

// read_record reads the sixteen columns from `column` on; store_damaged when they hold something no
// store wrote.
Result<void> read_record(const Rows& rows, int row, int column, SessionRecord& record);
// read_user reads the five columns of a user.
Result<void> read_user(const Rows& rows, int row, int column, User& user);
inline constexpr int kStoredUserColumns = 7;
Result<StoredUser> read_stored_user(const Rows& rows, int row);
// read_removed reads ids, comma between them, and an epoch from `column` on.
Removed read_removed(const Rows& rows, int column);
std::vector<SessionId> read_ids(std::string_view comma_separated);

}  // namespace latchkey::postgres
