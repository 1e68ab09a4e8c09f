#include "store/postgres/target.h"

#include <libpq-fe.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>
#include <optional>

namespace latchkey::postgres {
namespace {

constexpr std::size_t kMaxPool = 256;
constexpr std::size_t kMaxSchema = 63;  // NAMEDATALEN of PostgreSQL, less one

Error misuse(const char* what) { return Error{Errc::bad_config, std::string("postgres: ") + what}; }

std::optional<std::string> decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    unsigned value = 0;
    if (text.size() - i < 3) return std::nullopt;
    const char* digits = text.data() + i + 1;
    const auto [end, error] = std::from_chars(digits, digits + 2, value, 16);
    if (error != std::errc{} || end != digits + 2 || value == 0) return std::nullopt;
    out += static_cast<char>(value);
    i += 2;
  }
  return out;
}

// take_own keeps a parameter that is ours. False: it is libpq's.
Result<bool> take_own(std::string_view name, std::string_view encoded, Target& target) {
  const std::optional<std::string> value = decode_percent(encoded);
  if (!value) return misuse("the URL holds a malformed percent sign");
  if (name == "schema") {
    if (value->empty() || value->size() > kMaxSchema) return misuse("schema is 1 to 63 bytes");
    target.schema = *value;
  } else if (name == "prepare") {
    if (*value != "on" && *value != "off") return misuse("prepare is on or off");
    target.prepare = *value == "on";
  } else if (name == "pool") {
    const char* end = value->data() + value->size();
    const auto [stop, error] = std::from_chars(value->data(), end, target.pool);
    if (error != std::errc{} || stop != end || target.pool < 1 || target.pool > kMaxPool) {
      return misuse("pool is 1 to 256 connections");
    }
  } else if (name == "listen") {
    target.listen = *value;
  } else {
    return false;
  }
  return true;
}

// split_own moves our parameters out of `url` into `target`; what is left is for libpq.
Result<std::string> split_own(std::string_view url, Target& target) {
  const std::size_t query = std::min(url.find('?'), url.size());
  std::string rest{url.substr(0, query)};
  char separator = '?';
  for (std::size_t at = query; at < url.size();) {
    const std::size_t end = std::min(url.find('&', at + 1), url.size());
    const std::string_view part = url.substr(at + 1, end - at - 1);
    const std::size_t equals = std::min(part.find('='), part.size());
    const std::string_view value = equals < part.size() ? part.substr(equals + 1) : "";
    Result<bool> own = take_own(part.substr(0, equals), value, target);
    if (!own) return own.error();
    if (!*own && !part.empty()) {
      rest.append(1, separator).append(part);
      separator = '&';
    }
    at = end;
  }
  return rest;
}

std::string* find_keyword(Target& target, std::string_view name) {
  for (auto& [keyword, value] : target.keywords) {
    if (keyword == name) return &value;
  }
  return nullptr;
}
void set_default(Target& target, std::string_view name, std::string_view value) {
  if (find_keyword(target, name) == nullptr) target.keywords.emplace_back(name, value);
}

bool is_local(std::string_view host) {
  return host.empty() || host.front() == '/' || host.front() == '@' || host == "localhost" ||
         host.starts_with("127.") || host == "::1";
}

Result<void> choose_tls(Target& target) {
  const std::string* host = find_keyword(target, "host");
  const std::string* address = find_keyword(target, "hostaddr");
  const bool local =
      (host == nullptr || is_local(*host)) && (address == nullptr || is_local(*address));
  const std::string* mode = find_keyword(target, "sslmode");
  if (mode != nullptr && (*mode == "prefer" || *mode == "allow")) {
    return misuse("sslmode=prefer and allow may fall back to plain text: use verify-full");
  }
  if (mode == nullptr) {
    // libpq's own default would take an unverified or plain connection without a word.
    const char* environment = std::getenv("PGSSLMODE");
    if (environment == nullptr) set_default(target, "sslmode", local ? "disable" : "verify-full");
  }
  constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";
  mode = find_keyword(target, "sslmode");
  if (mode != nullptr && mode->starts_with("verify") && std::getenv("PGSSLROOTCERT") == nullptr &&
      ::access(kSystemRoots, R_OK) == 0) {
    set_default(target, "sslrootcert", kSystemRoots);
  }
  return {};
}

}  // namespace

Result<Target> parse_target(std::string_view url) {
  if (!url.starts_with("postgres://") && !url.starts_with("postgresql://")) {
    return misuse("the URL begins with postgres://");
  }
  if (url.find('\0') != std::string_view::npos) return misuse("the URL holds a NUL");
  Target target;
  Result<std::string> rest = split_own(url, target);
  if (!rest) return rest.error();
  char* ignored = nullptr;  // names parts of the URL, a password perhaps
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(rest->c_str(), &ignored), PQconninfoFree);
  PQfreemem(ignored);
  if (parsed == nullptr) return misuse("libpq cannot read the URL or knows no such parameter");
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) target.keywords.emplace_back(option->keyword, option->val);
  }
  if (Result<void> chosen = choose_tls(target); !chosen) return chosen.error();
  set_default(target, "application_name", "latchkey");
  set_default(target, "client_encoding", "UTF8");
  set_default(target, "gssencmode", "disable");
  set_default(target, "tcp_user_timeout", "10000");
  return target;
}

}  // namespace latchkey::postgres
