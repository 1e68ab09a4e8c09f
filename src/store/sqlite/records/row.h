#pragma once

#include "latchkey/record.h"
#include "latchkey/store.h"
#include "store/damaged_row.h"
#include "store/previous_blob.h"
#include "store/sqlite/file/connection.h"

// The mapping between rows and records. docs/formats/sqlite.md
namespace latchkey::sqlite {

// bind_record binds the seventeen columns of a session as ?1 to ?17. `previous` and `record` must
// outlive the query.
void bind_record(Query& query, const SessionRecord& record, const PreviousBlob& previous);

// read_record reads the seventeen columns from `column` on; store_damaged when they hold something
// no store wrote.
Result<void> read_record(const Query& query, int column, SessionRecord& record);

// read_user reads the five columns of a user from `column` on.
Result<void> read_user(const Query& query, int column, User& user);
// read_stored_user reads the seven columns of a user with the means to check a password.
Result<StoredUser> read_stored_user(const Query& query);

inline constexpr int kRecordColumns = 17;

}  // namespace latchkey::sqlite
