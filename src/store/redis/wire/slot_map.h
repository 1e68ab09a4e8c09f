#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "latchkey/redis.h"
#include "store/redis/wire/reply.h"

// What a cluster says about where slots are. Pure.
namespace latchkey::redis {

// SlotMap tells which primary serves each slot.
class SlotMap {
 public:
  static constexpr std::size_t kSlots = 16384;

  // parse reads the reply to CLUSTER SLOTS; `from` is who gave it, for nodes that name no host.
  // Nothing when it is none. Slots that nobody serves have no owner.
  static std::optional<SlotMap> parse(const Reply& reply, const RedisAddress& from);

  const RedisAddress* owner(std::uint16_t slot) const noexcept;
  void set_owner(std::uint16_t slot, const RedisAddress& address);
  // slots_by_node returns the slots of each node that serves any.
  std::vector<std::vector<std::uint16_t>> slots_by_node() const;
  const std::vector<RedisAddress>& nodes() const noexcept { return nodes_; }
  bool complete() const noexcept;
  friend bool operator==(const SlotMap& a, const SlotMap& b) noexcept;

 private:
  static constexpr std::uint16_t kNobody = 0xffff;
  std::uint16_t index_of(const RedisAddress& address);

  std::vector<RedisAddress> nodes_;
  std::array<std::uint16_t, kSlots> owners_ = filled();
  static std::array<std::uint16_t, kSlots> filled() noexcept;
};

// Redirect is what MOVED and ASK say.
struct Redirect {
  std::uint16_t slot = 0;
  RedisAddress address{};
};
std::optional<Redirect> parse_redirect(std::string_view error, const RedisAddress& from);

}  // namespace latchkey::redis
