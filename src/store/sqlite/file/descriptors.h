#pragma once

#include <string>

#include "latchkey/result.h"

// A process may hold more than one copy of SQLite: Node has one of its own, better-sqlite3 brings
// another. The file locks of POSIX do not exclude each other inside a process, so that two copies
// that write to one file lose each other's commits without any error.
namespace latchkey::sqlite {

// track_descriptors lets this copy of SQLite remember which descriptors it opened. It is called
// before the first connection of the process; again is harmless.
void track_descriptors();

// refuse_inherited fails while this copy of SQLite has the file at `path` open since before the
// process was forked: SQLite believes that it holds locks there which the parent holds.
Result<void> refuse_inherited(const std::string& path);

// refuse_shared fails with sqlite_shared while the file at `path` is open in this process through a
// descriptor that this copy of SQLite did not open. About 1 us for every open descriptor.
Result<void> refuse_shared(const std::string& path);

}  // namespace latchkey::sqlite
