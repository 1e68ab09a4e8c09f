#include "store/postgres/scan.h"

#include "store/postgres/records/row.h"
#include "store/postgres/wire/errors.h"
#include "store/rules.h"

namespace latchkey::postgres {
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

// marker_column is the one behind the columns of a row.
int marker_column(ScanKind kind) noexcept {
  if (kind == ScanKind::sessions) return kRecordColumns;
  return kind == ScanKind::users ? kStoredUserColumns : 2;
}

Result<void> read_row(const Rows& rows, int row, ScanKind kind, ScanPage& page) {
  if (kind == ScanKind::sessions) return read_record(rows, row, 0, page.sessions.emplace_back());
  if (kind == ScanKind::denials) {
    page.denials.push_back({std::string(rows.text(row, 0)), rows.time(row, 1)});
    return {};
  }
  if (kind == ScanKind::users) {
    Result<StoredUser> user = read_stored_user(rows, row);
    if (!user) return user.error();
    page.users.push_back(*std::move(user));
    return {};
  }
  const std::optional<UserId> user = UserId::parse(rows.text(row, 0));
  if (!user) return damaged_row("latchkey_user_epochs");
  page.epochs.push_back({*user, rows.integer(row, 1)});
  return {};
}

}  // namespace

Result<ScanPage> PostgresScan::scan(ScanKind kind, const std::string& after, std::size_t limit) {
  if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
  Params params;
  params.add(std::string_view(after)).add(static_cast<std::int64_t>(limit));
  // Not a look-up of a request: it may take the time of a write.
  Result<Rows> rows = client_.write(sql_of(kind), params);
  if (!rows) return rows.error();
  if (!client_.is_ours(*rows, marker_column(kind))) return lost_instance();
  ScanPage page;
  for (int row = 0; row < rows->size() && !rows->is_null(row, 0); ++row) {
    if (Result<void> read = read_row(*rows, row, kind, page); !read) return read.error();
  }
  if (rows->size() == static_cast<int>(limit)) page.next = rows->text(rows->size() - 1, 0);
  return page;
}

}  // namespace latchkey::postgres
