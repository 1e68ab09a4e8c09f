#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "latchkey/ids.h"

// Pages of a map, in the order of its keys as text.
namespace latchkey::memory {

inline std::string key_text(const std::string& key) { return key; }
inline std::string key_text(const UserId& key) { return key.text(); }
inline std::string key_text(const SessionId& key) { return std::string(key.text()); }

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

}  // namespace latchkey::memory
