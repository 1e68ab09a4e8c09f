#include "store/store_url.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/nearest.h"
#include "base/text.h"
#include "latchkey/open_store.h"

namespace latchkey {
namespace {

// What programs print where a value is missing.
constexpr std::array<std::string_view, 6> kMissing{"undefined", "null", "NaN",
                                                   "None",      "nil",  "[object Object]"};

bool is_blank(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }
bool is_name(char c) noexcept { return is_alphanumeric(c) || c == '_'; }

bool is_missing_value(std::string_view name) noexcept {
  return std::find(kMissing.begin(), kMissing.end(), name) != kMissing.end();
}

}  // namespace

namespace store {

std::string_view scheme_of(std::string_view text) noexcept {
  const auto is_letter = [](char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; };
  const auto belongs = [&](char c) {
    return is_letter(c) || (c >= '0' && c <= '9') || c == '+' || c == '-' || c == '.';
  };
  const std::size_t end =
      static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), belongs) - text.begin());
  const bool named = end > 0 && end < text.size() && text[end] == ':' && is_letter(text[0]);
  return named ? text.substr(0, end) : std::string_view{};
}

bool holds_variable(std::string_view text, bool url) noexcept {
  for (std::size_t at = text.find('$'); at < text.size(); at = text.find('$', at + 1)) {
    const char next = at + 1 < text.size() ? text[at + 1] : '\0';
    // Of a URL, '$' and a name may be part of a password.
    if (next == '{' || next == '(' || (!url && is_name(next) && !is_digit(next))) return true;
  }
  if (text.find("{{") != std::string_view::npos) return true;
  const std::size_t open = text.find('%');
  if (url || open == std::string_view::npos) return false;
  const std::size_t close = text.find('%', open + 1);
  return close != std::string_view::npos && close > open + 1 && !is_digit(text[open + 1]) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(open) + 1,
                     text.begin() + static_cast<std::ptrdiff_t>(close), is_name);
}

bool names_missing_value(std::string_view path) noexcept {
  while (true) {
    const std::size_t slash = std::min(path.find('/'), path.size());
    const std::string_view name = path.substr(0, slash);
    if (is_missing_value(name) || is_missing_value(name.substr(0, name.rfind('.')))) return true;
    if (slash == path.size()) return false;
    path.remove_prefix(slash + 1);
  }
}

}  // namespace store

namespace {

using store::holds_variable;
using store::names_missing_value;
using store::scheme_of;

struct Scheme {
  std::string_view name;
  bool remote = false;
};
constexpr std::array kSchemes{
    Scheme{"memory"},           Scheme{"postgres", true},      Scheme{"postgresql", true},
    Scheme{"sqlite"},           Scheme{"redis", true},         Scheme{"rediss", true},
    Scheme{"redis+unix", true}, Scheme{"redis+cluster", true}, Scheme{"rediss+cluster", true}};

// A file name without a folder in front is taken for one only with an ending that databases have:
// db.example.com is a host.
constexpr std::array<std::string_view, 12> kEndings{"db",      "db2",      "db3",    "sdb",
                                                    "s3db",    "sl3",      "sqlite", "sqlite2",
                                                    "sqlite3", "sqlitedb", "data",   "dat"};

constexpr std::string_view kForms =
    "a store is sqlite:PATH, a path with a / or an ending such as .db, or a URL such as "
    "redis://HOST or postgres://HOST/DATABASE";

Error refuse(std::string why) { return Error{Errc::bad_config, std::move(why)}; }

// quoted repeats a text that cannot hold a password, in a form fit for a terminal.
std::string quoted(std::string_view text) {
  constexpr std::size_t kMost = 60;
  std::string out = "\"";
  for (const char c : text.substr(0, kMost)) out += c >= 0x20 && c < 0x7f ? c : '?';
  return out.append(text.size() > kMost ? "...\"" : "\"");
}

const Scheme* find_scheme(std::string_view name) noexcept {
  const auto* found = std::find_if(kSchemes.begin(), kSchemes.end(),
                                   [&](const Scheme& scheme) { return scheme.name == name; });
  return found == kSchemes.end() ? nullptr : found;
}

// find_flaw names what is wrong with `text` whatever store it is meant to be; empty: nothing.
std::string find_flaw(std::string_view text, bool url) {
  if (std::all_of(text.begin(), text.end(), is_blank)) {
    return "it is empty, perhaps because a variable is not set: " + std::string{kForms};
  }
  const auto is_control = [](char c) {
    const auto octet = static_cast<unsigned char>(c);
    return octet < 0x20 || octet == 0x7f;
  };
  if (is_blank(text.front()) || is_blank(text.back()) ||
      std::any_of(text.begin(), text.end(), is_control)) {
    return "remove the blanks around it and the control characters in it";
  }
  constexpr std::string_view kQuotes = "'\"`<";
  if (kQuotes.find(text.front()) != std::string_view::npos) {
    return "remove the quotes or brackets around it";
  }
  if (holds_variable(text, url)) {
    return "it holds a variable that was not filled in: single quotes keep a shell from doing so, "
           "and many files of settings know no variables";
  }
  return {};
}

// is_keyword_list recognises libpq's other form and NAME=VALUE: neither is a path.
bool is_keyword_list(std::string_view text) noexcept {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return false;
  return std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals),
                     [](char c) { return is_name(c) || is_blank(c); });
}

// What is wrong with a path, also with one that sqlite: names.
std::string find_path_flaw(std::string_view path) {
  if (path == ":memory:") return "write memory: for a store in memory";
  if (path.find("://") != std::string_view::npos) {
    return "it is a URL, but nothing known stands in front of its ://; " + std::string{kForms};
  }
  if (path.find('\\') != std::string_view::npos) {
    return "write the path with / in the place of \\";
  }
  if (path.starts_with("//")) return "begin the path with one /";
  if (path.starts_with('~')) return "write the path of the home directory in the place of ~";
  if (path.find('?') != std::string_view::npos)
    return "a SQLite file takes no parameters: remove ?";
  const std::string_view last = path.substr(path.rfind('/') + 1);
  if (last.empty() || last == "." || last == "..") return "it names a directory: add a file name";
  if (names_missing_value(path)) {
    return "it says " + quoted(path) + ", so a variable it was made of is not set";
  }
  return {};
}

bool has_ending(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return false;
  const std::string ending = ascii_lower(name.substr(dot + 1));
  return std::find(kEndings.begin(), kEndings.end(), ending) != kEndings.end();
}

// describe_word says what a word that is no path was perhaps meant to be.
std::string describe_word(std::string_view word) {
  if (is_missing_value(word)) {
    return quoted(word) + " is what a variable that is not set looks like: " + std::string{kForms};
  }
  const std::string lower = ascii_lower(word);
  if (lower.starts_with("redis") || lower == "valkey") {
    return quoted(word) + " names no place: write redis://HOST";
  }
  if (lower.starts_with("postgres") || lower == "pg") {
    return quoted(word) + " names no place: write postgres://HOST/DATABASE";
  }
  if (lower == "memory") return quoted(word) + " is a word: write memory: with a colon";
  if (word.find('@') != std::string_view::npos) return std::string{kForms};
  return quoted(word) + " is a bare word: write sqlite:" + std::string{word.substr(0, 60)} +
         " for a file of that name; " + std::string{kForms};
}

Result<StoreUrl> parse_path(std::string_view path, bool named) {
  if (!named && is_keyword_list(path)) {
    return refuse(
        "NAME=VALUE names no store: write the value alone, or postgres://USER@HOST/DATABASE in the "
        "place of host=...; a file with an = in its name is ./NAME");
  }
  if (std::string flaw = find_path_flaw(path); !flaw.empty()) return refuse(std::move(flaw));
  const StoreUrl file{"sqlite", "sqlite:" + std::string{path}, false};
  if (named) return file;
  const std::size_t slash = path.find('/');
  const std::string_view front = path.substr(0, slash);
  if (front.find_first_of(":@[") != std::string_view::npos) {
    return refuse(
        "HOST:PORT does not say which engine is there: write redis://HOST:PORT or "
        "postgres://HOST:PORT/DATABASE");
  }
  if (slash != std::string_view::npos || has_ending(path)) return file;
  return refuse(describe_word(path));
}

Error refuse_scheme(std::string_view text, std::string_view scheme) {
  const std::string_view rest = text.substr(scheme.size() + 1);
  if (scheme.size() == 1)
    return refuse("a path with a drive is one of Windows: " + std::string{kForms});
  if (scheme == "file") return refuse("write sqlite:PATH in the place of file:");
  const std::string_view port = rest.substr(0, rest.find_first_of("/,"));
  if (!rest.empty() && is_digit(rest.front()) && std::all_of(port.begin(), port.end(), is_digit)) {
    return refuse(
        "HOST:PORT does not say which engine is there: write redis://HOST:PORT or "
        "postgres://HOST:PORT/DATABASE");
  }
  std::string known;
  std::vector<std::string_view> names;
  for (const Scheme& one : kSchemes) {
    known.append(known.empty() ? "" : ", ").append(one.name).append(":");
    names.push_back(one.name);
  }
  const std::string_view meant = nearest(scheme, names);
  // USER:PASSWORD@HOST looks like a scheme, too.
  std::string why = rest.starts_with("//") ? "there is no store of the kind " + quoted(scheme)
                                           : "it names no store";
  if (!meant.empty()) why.append("; did you mean ").append(meant).append(":?");
  return refuse(why + " Known are " + known + " and the path of a SQLite file");
}

}  // namespace

Result<StoreUrl> parse_store_url(std::string_view text) {
  const std::string_view scheme = scheme_of(text);
  const Scheme* known = find_scheme(ascii_lower(scheme));
  const bool remote = known != nullptr && known->remote;
  if (std::string flaw = find_flaw(text, remote); !flaw.empty()) return refuse(std::move(flaw));
  if (scheme.empty()) return parse_path(text, false);
  if (known == nullptr) return refuse_scheme(text, scheme);
  if (known->name != scheme) {
    return refuse("write the scheme in lower case: " + std::string{known->name} + ":");
  }
  const std::string_view rest = text.substr(scheme.size() + 1);
  if (remote) {
    if (rest.starts_with("//")) return StoreUrl{known->name, std::string{text}, true};
    return refuse("two slashes are missing: write " + std::string{scheme} + "://HOST");
  }
  if (known->name == "memory") {
    if (!rest.starts_with('/')) return StoreUrl{known->name, std::string{text}, false};
    return refuse("write memory: without slashes");
  }
  if (rest.empty()) return refuse("sqlite: needs a path: sqlite:/srv/app.db");
  if (!rest.starts_with("//")) return parse_path(rest, true);
  // As in a URL: no host, and an absolute path.
  if (rest.starts_with("///")) return parse_path(rest.substr(2), true);
  return refuse("write sqlite:PATH without //: sqlite:/srv/app.db or sqlite:./app.db");
}

std::string_view store_scheme(std::string_view url) {
  const Result<StoreUrl> parsed = parse_store_url(url);
  return parsed ? parsed->scheme : std::string_view{};
}

bool is_remote_store(std::string_view url) {
  const Result<StoreUrl> parsed = parse_store_url(url);
  return parsed && parsed->remote;
}

std::string describe_store(std::string_view url) {
  const Result<StoreUrl> parsed = parse_store_url(url);
  if (parsed && parsed->scheme == "sqlite") return parsed->url;
  return without_password(url);
}

}  // namespace latchkey
