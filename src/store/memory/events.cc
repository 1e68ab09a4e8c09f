#include "store/memory/table.h"

namespace latchkey::memory {
namespace {

// between walks the positions of `range` in `ordered`, and stops when `take` returns false.
template <class Ordered, class Take>
void between(const Ordered& ordered, const EventRange& range, bool oldest_first, Take take) {
  auto from = ordered.upper_bound(range.above);
  auto to = ordered.lower_bound(range.below);
  if (from == ordered.end() || !(range.above < range.below)) return;
  while (from != to) {
    if (!take(oldest_first ? from++ : --to)) return;
  }
}

}  // namespace

void EventTable::add(const Event& event) {
  const EventCursor place{event.at, event.id};
  if (!events_.try_emplace(place, event).second) return;
  if (!event.user_id.empty()) by_user_[event.user_id].insert(place);
  if (!event.address.empty()) addressed_.insert(place);
}

EventPage EventTable::list(const EventQuery& query, const EventRange& range) const {
  EventPage page;
  const auto take = [&](const Event& event) {
    if (query.kind && event.kind != *query.kind) return true;
    page.events.push_back(event);
    if (page.events.size() < query.limit) return true;
    page.next = format_event_cursor({event.at, event.id});
    return false;
  };
  if (query.user_id.empty()) {
    between(events_, range, query.oldest_first, [&](auto at) { return take(at->second); });
  } else if (const auto own = by_user_.find(query.user_id); own != by_user_.end()) {
    between(own->second, range, query.oldest_first, [&](auto at) { return take(events_.at(*at)); });
  }
  return page;
}

std::size_t EventTable::blank(UnixTime before, std::size_t limit) {
  std::size_t changed = 0;
  while (changed < limit && !addressed_.empty() && addressed_.begin()->first < before) {
    events_.at(*addressed_.begin()).address.clear();
    addressed_.erase(addressed_.begin());
    ++changed;
  }
  return changed;
}

std::size_t EventTable::prune(UnixTime before, std::size_t limit) {
  std::size_t gone = 0;
  while (gone < limit && !events_.empty() && events_.begin()->first.first < before) {
    const auto& [place, event] = *events_.begin();
    addressed_.erase(place);
    if (const auto own = by_user_.find(event.user_id); own != by_user_.end()) {
      own->second.erase(place);
      if (own->second.empty()) by_user_.erase(own);
    }
    events_.erase(events_.begin());
    ++gone;
  }
  return gone;
}

Result<void> Events::append_events(std::span<const Event> events) {
  if (Result<void> fine = check_events(events); !fine) return fine;
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  for (const Event& event : events) data_.events.add(event);
  return {};
}

Result<EventPage> Events::list_events(const EventQuery& query) {
  const Result<EventRange> range = range_of(query);
  if (!range) return range.error();
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.events.list(query, *range);
}

Result<std::size_t> Events::blank_addresses(UnixTime before, std::size_t limit) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.events.blank(before, limit);
}

Result<std::size_t> Events::prune_events(UnixTime before, std::size_t limit) {
  if (data_.forked.crossed()) return forked_error();
  const MutexLock lock(data_.mutex);
  return data_.events.prune(before, limit);
}

}  // namespace latchkey::memory
