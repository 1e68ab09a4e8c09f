#include "store/sqlite/scan.h"

#include "store/rules.h"
#include "store/sqlite/records/row.h"

namespace latchkey::sqlite {
namespace {

Sql sql_of(ScanKind kind) noexcept {
  switch (kind) {
    case ScanKind::users:
      return Sql::scan_users;
    case ScanKind::epochs:
      return Sql::scan_epochs;
    case ScanKind::denials:
      return Sql::scan_denials;
    case ScanKind::sessions:
      break;
  }
  return Sql::scan_sessions;
}

// read_row adds the row at hand to `page` and returns the key it was found by.
Result<std::string> read_row(const Query& query, ScanKind kind, ScanPage& page) {
  if (kind == ScanKind::sessions) {
    Result<void> read = read_record(query, 0, page.sessions.emplace_back());
    if (!read) return read.error();
    return std::to_string(query.integer(kRecordColumns));
  }
  std::string key(query.text(0));
  if (kind == ScanKind::users) {
    Result<StoredUser> user = read_stored_user(query);
    if (!user) return user.error();
    page.users.push_back(*std::move(user));
  } else if (kind == ScanKind::denials) {
    page.denials.push_back({key, query.time(1)});
  } else {
    const std::optional<UserId> user = UserId::parse(key);
    if (!user) return damaged_row("latchkey_user_epochs");
    page.epochs.push_back({*user, query.integer(1)});
  }
  return key;
}

}  // namespace

Result<ScanPage> SqliteScan::scan(ScanKind kind, const std::string& after, std::size_t limit) {
  if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
  Result<ReaderPool::Lease> lease = readers_.acquire();
  if (!lease) return lease.error();
  Query query(**lease, sql_of(kind));
  query.bind(after).bind(static_cast<std::int64_t>(limit));
  ScanPage page;
  std::string last;
  std::size_t count = 0;
  for (; query.next(); ++count) {
    Result<std::string> key = read_row(query, kind, page);
    if (!key) return key.error();
    last = *std::move(key);
  }
  if (query.failed()) return query.status().error();
  if (count == limit) page.next = std::move(last);
  return page;
}

}  // namespace latchkey::sqlite
