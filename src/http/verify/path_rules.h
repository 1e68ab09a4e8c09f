#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "latchkey/result.h"

namespace latchkey::http {

// Need is what a visitor must have to see a path.
struct Need {
  bool open = false;       // anyone, signed in or not
  std::uint8_t level = 0;  // at least this one
};

// PathRules say which paths of the applications behind the proxy need what. Each is a text:
//
//   "/assets/* public"     everything below /assets, and /assets itself
//   "/admin/* level2"      a session of level 2 or 3
//   "/admin/help public"   this one path
//   "wiki.example.com/* protected"   of one host only; without a host, of all
//
// Of the rules that match, one with a host decides before those without, then the one with the
// longest path. What no rule matches is protected. A path that differs from a rule only in the case
// of its letters or in a slash at its end gets the stricter of both answers, because some servers
// do not tell them apart. Immutable.
class PathRules {
 public:
  PathRules() = default;
  // parse refuses (Errc::bad_config) whatever is not of that form, and a path that is there twice.
  static Result<PathRules> parse(std::span<const std::string> entries);

  bool empty() const noexcept { return rules_.empty(); }
  // name_hosts: some rule is of one host, so that find needs to know the host.
  bool name_hosts() const noexcept;
  // find returns what `path` needs, as guard::plain_path returned it. `host` without its port.
  Need find(std::string_view host, std::string_view path) const;

 private:
  struct Rule {
    std::string host{};  // in lower case; empty: any
    std::string path{};  // without "/*"
    bool below = false;  // also everything below it
    Need need{};
  };
  enum class Spelling : std::uint8_t { exact, alike };
  static Result<Rule> parse_one(std::string_view text);
  static bool matches(const Rule& rule, std::string_view host, std::string_view path,
                      Spelling spelling);
  static bool outranks(const Rule& rule, const Rule& other) noexcept;
  const Rule* best(std::string_view host, std::string_view path, Spelling spelling) const;

  std::vector<Rule> rules_;
};

}  // namespace latchkey::http
