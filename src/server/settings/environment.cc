#include "server/settings/environment.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/nearest.h"

namespace latchkey::server {
namespace {

constexpr std::string_view kFile = "_FILE";

// What latchkey/next calls the same things, so that one environment serves both.
constexpr std::array<std::pair<std::string_view, std::string_view>, 2> kShared{
    {{"LATCHKEY_PUBLIC_URL", "server.public_url"}, {"LATCHKEY_STORE", "store.url"}}};

// Keys of carriers and of `latchkey seal`, and what the tests and tools of latchkey itself read.
constexpr std::array<std::string_view, 12> kElsewhere{
    "LATCHKEY_SECRET",     "LATCHKEY_KEY",       "LATCHKEY_FULL",       "LATCHKEY_SEED",
    "LATCHKEY_PROGRAM",    "LATCHKEY_PEER_TOOL", "LATCHKEY_NEXT_APP",   "LATCHKEY_NEXT_MODE",
    "LATCHKEY_STEP_LIMIT", "LATCHKEY_RUN_LIMIT", "LATCHKEY_KEEP_GOING", "LATCHKEY_REDIS_SERVER"};

const Setting* find_exactly(std::string_view name) {
  for (const auto& [shared, key] : kShared) {
    if (name == shared) return find_setting(key);
  }
  const auto all = settings();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Setting& setting) {
    return environment_name(setting.key) == name;
  });
  return found == all.end() ? nullptr : &*found;
}

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

// NAME_PORT_4470_TCP, NAME_PORT_4470_TCP_ADDR and so on.
bool is_port_variable(std::string_view name) noexcept {
  const std::size_t port = name.find("_PORT_");
  if (port == std::string_view::npos) return false;
  const std::string_view rest = name.substr(port + 6);
  const std::size_t end = rest.find_first_not_of("0123456789");
  if (end == 0 || end == std::string_view::npos) return false;
  const std::string_view protocol = rest.substr(end);
  return protocol.starts_with("_TCP") || protocol.starts_with("_UDP") ||
         protocol.starts_with("_SCTP");
}

}  // namespace

Variable find_variable(std::string_view name) {
  if (const Setting* setting = find_exactly(name)) return {setting, false};
  if (!name.ends_with(kFile)) return {};
  name.remove_suffix(kFile.size());
  return {find_exactly(name), true};
}

bool is_of_others(std::string_view name, std::string_view value) {
  if (std::find(kElsewhere.begin(), kElsewhere.end(), name) != kElsewhere.end()) return true;
  const bool service = name.ends_with("_SERVICE_HOST") || contains(name, "_SERVICE_PORT");
  return service || is_port_variable(name) || (name.ends_with("_PORT") && contains(value, "://"));
}

std::string unknown_variable(std::string_view name) {
  std::vector<std::string> names;
  for (const Setting& setting : settings()) names.push_back(environment_name(setting.key));
  for (const auto& [shared, key] : kShared) names.emplace_back(shared);
  names.emplace_back("LATCHKEY_SECRET");
  const std::string_view bare =
      name.substr(0, name.ends_with(kFile) ? name.size() - kFile.size() : name.size());
  const std::vector<std::string_view> views(names.begin(), names.end());
  const std::string_view meant = nearest(bare, views);
  std::string text = "unknown environment variable " + std::string{name};
  if (!meant.empty()) {
    text.append("; did you mean ").append(meant).append(name.substr(bare.size())).append("?");
  }
  return text +
         "; `latchkey serve --print-config` lists all keys, as SECTION and KEY of "
         "LATCHKEY_SECTION_KEY";
}

}  // namespace latchkey::server
