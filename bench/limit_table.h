#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

// The limit of an in-memory look-up: SHA-256 of the token, open addressing by its first octets.
namespace latchkey::bench {

class LimitTable {
 public:
  explicit LimitTable(std::uint64_t rows);
  void put(std::string_view token, std::int64_t expires_at);
  // find returns the deadline, or 0.
  std::int64_t find(std::string_view token) const;

 private:
  struct Slot {
    std::array<unsigned char, 32> key{};
    std::int64_t expires_at = 0;
    std::uint64_t user = 0;
    std::array<char, 16> rest{};
  };
  std::vector<Slot> slots_;
};

}  // namespace latchkey::bench
