#include "store/memory/page.h"
#include "store/memory/table.h"
#include "store/rules.h"

namespace latchkey::memory {

Result<ScanPage> Scan::scan(ScanKind kind, const std::string& after, std::size_t limit) {
  if (Result<void> fine = check_scan_limit(limit); !fine) return fine.error();
  ScanPage page;
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  switch (kind) {
    case ScanKind::users:
      page.next = read_page(data_.users.all(), after, limit,
                            [&](auto&, const StoredUser& user) { page.users.push_back(user); });
      break;
    case ScanKind::epochs:
      page.next = read_page(data_.users.epochs(), after, limit, [&](auto& user, auto epoch) {
        page.epochs.push_back({*UserId::parse(user), epoch});
      });
      break;
    case ScanKind::denials:
      page.next = read_page(data_.denials.all(), after, limit, [&](auto& key, UnixTime until) {
        page.denials.push_back({key, until});
      });
      break;
    case ScanKind::sessions:
      page.next = read_page(data_.sessions.all(), after, limit,
                            [&](auto&, auto& record) { page.sessions.push_back(record); });
      break;
  }
  return page;
}

}  // namespace latchkey::memory
