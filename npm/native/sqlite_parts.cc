// Parts of SQLite that sessions have no use for, and that a database without their tables does not
// miss: Debian's library has them all. SQLite calls
// these for each connection; here they add nothing, and the linker leaves the parts out.
struct sqlite3;

extern "C" int sqlite3Fts3Init(sqlite3*) { return 0; }
extern "C" int sqlite3Fts5Init(sqlite3*) { return 0; }
extern "C" int sqlite3RtreeInit(sqlite3*) { return 0; }
