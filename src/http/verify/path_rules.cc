#include "http/verify/path_rules.h"

#include <algorithm>

#include "base/text.h"
#include "guard/host.h"
#include "guard/plain_path.h"

namespace latchkey::http {
namespace {

Error refuse(std::string_view entry, std::string_view cure) {
  std::string text = "\"";
  for (const char c : entry.substr(0, 120)) text += c >= 0x20 && c < 0x7f ? c : '?';
  return {Errc::bad_config, text.append("\" ").append(cure)};
}

std::optional<Need> need_of(std::string_view word) noexcept {
  if (word == "public") return Need{.open = true};
  if (word == "protected") return Need{};
  if (word == "level1") return Need{.level = 1};
  if (word == "level2") return Need{.level = 2};
  if (word == "level3") return Need{.level = 3};
  return std::nullopt;
}

std::string_view without_last_slash(std::string_view path) noexcept {
  if (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

int strictness(const Need& need) noexcept { return need.open ? -1 : need.level; }

}  // namespace

Result<PathRules::Rule> PathRules::parse_one(std::string_view text) {
  const std::size_t blank = text.find_last_of(" \t");
  const auto need = need_of(blank == std::string_view::npos ? text : text.substr(blank + 1));
  if (blank == std::string_view::npos || !need) {
    return refuse(text, "ends with none of public, protected, level1, level2, level3");
  }
  std::string_view where = trim_blanks(text.substr(0, blank));
  const std::size_t slash = where.find('/');
  if (slash == std::string_view::npos) return refuse(text, "has no path: write /admin/* level2");
  Rule rule{.host = ascii_lower(where.substr(0, slash)), .need = *need};
  if (!rule.host.empty() && !guard::is_host(rule.host)) {
    return refuse(text, "has something before its path that is no host name");
  }
  where.remove_prefix(slash);
  rule.below = where.ends_with("/*");
  if (rule.below) where.remove_suffix(2);
  rule.path = where;
  const bool plain = where.find_first_of("*%?#;\\ \t") == std::string_view::npos &&
                     (where.empty() ? rule.below : guard::has_plain_segments(where)) &&
                     !(rule.below && where.ends_with('/'));
  if (!plain) {
    return refuse(text, "has no plain path: write it unescaped, with * at its end alone, as /a/*");
  }
  return rule;
}

Result<PathRules> PathRules::parse(std::span<const std::string> entries) {
  PathRules out;
  for (const std::string& entry : entries) {
    auto rule = parse_one(trim_blanks(entry));
    if (!rule) return rule.error();
    const auto same = [&](const Rule& other) {
      return other.host == rule->host && other.path == rule->path && other.below == rule->below;
    };
    if (std::any_of(out.rules_.begin(), out.rules_.end(), same)) {
      return refuse(entry, "is there twice: keep one");
    }
    out.rules_.push_back(std::move(*rule));
  }
  return out;
}

bool PathRules::name_hosts() const noexcept {
  return std::any_of(rules_.begin(), rules_.end(),
                     [](const Rule& rule) { return !rule.host.empty(); });
}

bool PathRules::matches(const Rule& rule, std::string_view host, std::string_view path,
                        Spelling spelling) {
  if (!rule.host.empty() && !equal_ignoring_case(rule.host, host)) return false;
  std::string_view wanted = rule.path;
  if (spelling == Spelling::alike) {
    wanted = without_last_slash(wanted);
    path = without_last_slash(path);
  }
  const std::size_t size = wanted.size();
  const std::string_view front = path.substr(0, size);
  if (spelling == Spelling::exact ? front != wanted : !equal_ignoring_case(front, wanted)) {
    return false;
  }
  return path.size() == size || (rule.below && path[size] == '/');
}

bool PathRules::outranks(const Rule& rule, const Rule& other) noexcept {
  if (rule.host.empty() != other.host.empty()) return !rule.host.empty();
  if (rule.path.size() != other.path.size()) return rule.path.size() > other.path.size();
  return !rule.below && other.below;
}

const PathRules::Rule* PathRules::best(std::string_view host, std::string_view path,
                                       Spelling spelling) const {
  const Rule* found = nullptr;
  for (const Rule& rule : rules_) {
    if (!matches(rule, host, path, spelling)) continue;
    if (found == nullptr || outranks(rule, *found)) found = &rule;
  }
  return found;
}

Need PathRules::find(std::string_view host, std::string_view path) const {
  const Rule* exact = best(host, path, Spelling::exact);
  const Rule* alike = best(host, path, Spelling::alike);
  const Need as_written = exact == nullptr ? Need{} : exact->need;
  const Need of_alike = alike == nullptr ? Need{} : alike->need;
  return strictness(of_alike) > strictness(as_written) ? of_alike : as_written;
}

}  // namespace latchkey::http
