#include <algorithm>

#include "store/memory/table.h"
#include "store/rules.h"

namespace latchkey::memory {
namespace {

std::string key_text(const std::string& key) { return key; }
std::string key_text(const UserId& key) { return key.text(); }
std::string key_text(const SessionId& key) { return std::string(key.text()); }

// read_page shows `take` the entries behind `after`, by key, and returns the `next` of the page.
template <class Map, class Take>
std::string read_page(const Map& map, const std::string& after, std::size_t limit, Take take) {
  std::vector<std::pair<std::string, const typename Map::mapped_type*>> entries;
  for (const auto& [key, value] : map) {
    if (std::string text = key_text(key); text > after) entries.emplace_back(text, &value);
  }
  std::sort(entries.begin(), entries.end());
  const bool more = entries.size() > limit;
  if (more) entries.resize(limit);
  for (const auto& [key, value] : entries) take(key, *value);
  return more ? entries.back().first : std::string{};
}

}  // namespace

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
