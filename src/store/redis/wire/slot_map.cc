#include "store/redis/wire/slot_map.h"

#include <algorithm>

#include "base/number.h"

namespace latchkey::redis {
namespace {

// A node that does not know its own name leaves it empty, or says "?".
RedisAddress address_of(std::string_view host, std::uint16_t port, const RedisAddress& from) {
  const bool named = !host.empty() && host != "?";
  return {.host = named ? std::string{host} : from.host, .port = port};
}

}  // namespace

std::array<std::uint16_t, SlotMap::kSlots> SlotMap::filled() noexcept {
  std::array<std::uint16_t, kSlots> owners{};
  owners.fill(kNobody);
  return owners;
}

// slots = array of (first last primary *replica) ; primary = (host port id *more)
std::optional<SlotMap> SlotMap::parse(const Reply& reply, const RedisAddress& from) {
  if (!reply.is_array()) return std::nullopt;
  SlotMap map;
  for (const Reply& range : reply.elements) {
    if (range.elements.size() < 3 || range.elements[2].elements.size() < 2) return std::nullopt;
    const std::int64_t first = range.elements[0].integer, last = range.elements[1].integer;
    const Reply& primary = range.elements[2];
    const std::int64_t port = primary.elements[1].integer;
    if (first < 0 || last < first || last >= static_cast<std::int64_t>(kSlots) || port < 1 ||
        port > 65535) {
      return std::nullopt;
    }
    const RedisAddress address =
        address_of(primary.elements[0].text, static_cast<std::uint16_t>(port), from);
    const std::uint16_t index = map.index_of(address);
    std::fill(map.owners_.begin() + first, map.owners_.begin() + last + 1, index);
  }
  return map;
}

std::uint16_t SlotMap::index_of(const RedisAddress& address) {
  const auto found = std::find(nodes_.begin(), nodes_.end(), address);
  if (found == nodes_.end()) {
    nodes_.push_back(address);
    return static_cast<std::uint16_t>(nodes_.size() - 1);
  }
  return static_cast<std::uint16_t>(found - nodes_.begin());
}

const RedisAddress* SlotMap::owner(std::uint16_t slot) const noexcept {
  const std::uint16_t index = owners_[slot % kSlots];
  return index == kNobody ? nullptr : &nodes_[index];
}

void SlotMap::set_owner(std::uint16_t slot, const RedisAddress& address) {
  owners_[slot % kSlots] = index_of(address);
}

std::vector<std::vector<std::uint16_t>> SlotMap::slots_by_node() const {
  std::vector<std::vector<std::uint16_t>> slots(nodes_.size());
  for (std::size_t slot = 0; slot < kSlots; ++slot) {
    if (owners_[slot] != kNobody) slots[owners_[slot]].push_back(static_cast<std::uint16_t>(slot));
  }
  std::erase_if(slots, [](const auto& of_one) { return of_one.empty(); });
  return slots;
}

bool SlotMap::complete() const noexcept {
  return std::find(owners_.begin(), owners_.end(), kNobody) == owners_.end();
}

bool operator==(const SlotMap& a, const SlotMap& b) noexcept {
  for (std::size_t slot = 0; slot < SlotMap::kSlots; ++slot) {
    const RedisAddress* mine = a.owner(static_cast<std::uint16_t>(slot));
    const RedisAddress* other = b.owner(static_cast<std::uint16_t>(slot));
    if ((mine == nullptr) != (other == nullptr)) return false;
    if (mine != nullptr && *mine != *other) return false;
  }
  return true;
}

// redirect = ("MOVED" / "ASK") " " slot " " host ":" port
std::optional<Redirect> parse_redirect(std::string_view error, const RedisAddress& from) {
  Redirect redirect;
  const std::size_t word = error.find(' ');
  const std::size_t space = error.find(' ', word + 1);
  const std::size_t colon = error.rfind(':');
  if (word == std::string_view::npos || space == std::string_view::npos ||
      colon == std::string_view::npos || colon < space) {
    return std::nullopt;
  }
  std::uint16_t port = 0;
  if (!read_number(error.substr(word + 1, space - word - 1), redirect.slot) ||
      redirect.slot >= SlotMap::kSlots || !read_number(error.substr(colon + 1), port)) {
    return std::nullopt;
  }
  redirect.address = address_of(error.substr(space + 1, colon - space - 1), port, from);
  return redirect;
}

}  // namespace latchkey::redis
