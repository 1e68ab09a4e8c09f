#include "store/postgres/wire/target.h"

#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/text.h"

namespace latchkey::postgres {
namespace {

constexpr std::size_t kMaxPool = 256;
constexpr std::size_t kMaxSchema = 63;  // NAMEDATALEN of PostgreSQL, less one

Error misuse(const char* what) { return Error{Errc::bad_config, std::string("postgres: ") + what}; }

// libpq ends a value at its first NUL.
std::optional<std::string> decode_percent(std::string_view text) {
  std::optional<std::string> out = percent_decode(text);
  return out && out->find('\0') == std::string::npos ? out : std::nullopt;
}

Result<bool> read_switch(const std::string& value, const char* wrong) {
  if (value == "on") return true;
  if (value == "off") return false;
  return misuse(wrong);
}

// take_own keeps a parameter that is ours. False: it is libpq's.
Result<bool> take_own(std::string_view name, std::string_view encoded, Target& target) {
  const std::optional<std::string> value = decode_percent(encoded);
  if (!value) return misuse("the URL holds a malformed percent sign");
  if (name == "schema") {
    if (value->empty() || value->size() > kMaxSchema) return misuse("schema is 1 to 63 bytes");
    target.schema = *value;
  } else if (name == "prepare") {
    const Result<bool> on = read_switch(*value, "prepare is on or off");
    if (!on) return on.error();
    target.prepare = *on;
  } else if (name == "insecure_tls") {
    const Result<bool> on = read_switch(*value, "insecure_tls is on or off");
    if (!on) return on.error();
    target.insecure_tls = *on;
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

// find_keyword returns what libpq takes: an empty value counts as none.
const std::string* find_keyword(const Target& target, std::string_view name) {
  for (const auto& [keyword, value] : target.keywords) {
    if (keyword == name && !value.empty()) return &value;
  }
  return nullptr;
}
void set_default(Target& target, std::string_view name, std::string_view value) {
  if (find_keyword(target, name) == nullptr) target.keywords.emplace_back(name, value);
}

// value_of returns what libpq makes of a parameter that the URL may leave to the environment.
std::string value_of(const Target& target, std::string_view name, const char* variable) {
  if (const std::string* value = find_keyword(target, name)) return *value;
  const char* environment = std::getenv(variable);
  return environment != nullptr ? environment : "";
}

bool is_local(const std::string& host) {
  if (host.empty() || host.front() == '/' || host.front() == '@') return true;
  constexpr std::uint32_t kLoopback = 127;
  in_addr address{};
  const bool numeric = ::inet_pton(AF_INET, host.c_str(), &address) == 1;
  return host == "localhost" || host == "::1" ||
         (numeric && ntohl(address.s_addr) >> 24 == kLoopback);
}

// all_local judges a list as libpq takes it: any of the hosts may be the one that answers.
bool all_local(std::string_view hosts) {
  while (true) {
    const std::size_t comma = std::min(hosts.find(','), hosts.size());
    if (!is_local(std::string(hosts.substr(0, comma)))) return false;
    if (comma == hosts.size()) return true;
    hosts.remove_prefix(comma + 1);
  }
}

// A service file may name any host.
bool leads_here(const Target& target) {
  return value_of(target, "service", "PGSERVICE").empty() &&
         all_local(value_of(target, "host", "PGHOST")) &&
         all_local(value_of(target, "hostaddr", "PGHOSTADDR"));
}

constexpr const char* kSystemRoots = "/etc/ssl/certs/ca-certificates.crt";

// trusts_own tells whether only an authority that somebody chose vouches for the server.
bool trusts_own(const Target& target) {
  const std::string roots = value_of(target, "sslrootcert", "PGSSLROOTCERT");
  return !roots.empty() && roots != "system" && roots != kSystemRoots;
}

Result<void> choose_tls(Target& target) {
  const bool local = leads_here(target);
  std::string mode = value_of(target, "sslmode", "PGSSLMODE");
  if (mode == "prefer" || mode == "allow") {
    return misuse(
        "sslmode=prefer and allow, in the URL or in PGSSLMODE, may fall back to plain text: use "
        "verify-full");
  }
  // libpq's own default would take an unverified or plain connection without a word.
  if (mode.empty()) mode = local ? "disable" : "verify-full";
  if (!local && !target.insecure_tls && !mode.starts_with("verify")) {
    return misuse(
        "sslmode=require and disable do not check who answers: use verify-full, with "
        "sslrootcert=FILE for a certificate authority of your own, or take the risk with "
        "insecure_tls=on");
  }
  if (!local && !target.insecure_tls && mode == "verify-ca" && !trusts_own(target)) {
    return misuse(
        "sslmode=verify-ca takes a certificate of any name, and everybody can have one of a public "
        "authority: name your own with sslrootcert=FILE, or use verify-full");
  }
  // Also what the environment says: a service file would come before it.
  set_default(target, "sslmode", mode);
  if (mode.starts_with("verify") && std::getenv("PGSSLROOTCERT") == nullptr &&
      ::access(kSystemRoots, R_OK) == 0) {
    set_default(target, "sslrootcert", kSystemRoots);
  }
  return {};
}

// A standby does not know yet what the primary has acknowledged; while one takes over, it answers.
Result<void> choose_server(Target& target) {
  const std::string* wanted = find_keyword(target, "target_session_attrs");
  if (wanted != nullptr && *wanted != "primary" && *wanted != "read-write") {
    return misuse(
        "target_session_attrs is primary or read-write: a standby may not know yet that a session "
        "has ended");
  }
  set_default(target, "target_session_attrs", "primary");
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
  if (Result<void> chosen = choose_server(target); !chosen) return chosen.error();
  set_default(target, "application_name", "latchkey");
  set_default(target, "client_encoding", "UTF8");
  set_default(target, "gssencmode", "disable");
  set_default(target, "tcp_user_timeout", "10000");
  return target;
}

Keywords keywords_now(const Target& target) {
  if (!target.url_source) return target.keywords;
  const Result<std::string> url = target.url_source();
  const Result<Target> now = url ? parse_target(*url) : Result<Target>(url.error());
  if (!now) return target.keywords;
  Keywords keywords = target.keywords;
  for (const std::string_view name : {"user", "password"}) {
    std::erase_if(keywords, [&](const auto& keyword) { return keyword.first == name; });
    if (const std::string* value = find_keyword(*now, name)) keywords.emplace_back(name, *value);
  }
  return keywords;
}

}  // namespace latchkey::postgres
