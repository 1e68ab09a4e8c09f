#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/time.h"

// Where the parts of a user stand in rows of other systems: docs/import.md.
namespace latchkey::cli {

enum class UserColumn : std::uint8_t {
  id,
  username,
  created_at,
  disabled,
  attributes,
  password_hash
};
inline constexpr std::size_t kUserColumns = 6;

// UserMapping lists the places of each column; the first that holds something counts. `a.b` is the
// member b of a, `a.0` the first element of a; `a:` is what stands behind the first colon of a.
struct UserMapping {
  static constexpr std::size_t kPlaces = 5;
  std::string_view name{};
  std::array<std::array<std::string_view, kPlaces>, kUserColumns> places{};

  const std::array<std::string_view, kPlaces>& of(UserColumn column) const noexcept {
    return places[static_cast<std::size_t>(column)];
  }
};

// own_mapping is what `latchkey user export` writes.
const UserMapping& own_mapping() noexcept;
// find_mapping returns nullptr for a name that is none.
const UserMapping* find_mapping(std::string_view name) noexcept;

// parse_disabled reads true, 1, t, inactive and their opposites.
std::optional<bool> parse_disabled(std::string_view text) noexcept;
// parse_created_at reads what parse_moment reads, and times as SQL writes them: UTC without a zone.
std::optional<UnixTime> parse_created_at(std::string text);

}  // namespace latchkey::cli
