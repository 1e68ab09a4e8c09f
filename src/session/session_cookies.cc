#include "session/session_cookies.h"

#include <algorithm>
#include <utility>

#include "codec/cookie/chunks.h"

namespace latchkey::session {
namespace {

// scopes_beside returns where else a browser may hold a cookie of this name. With a domain the
// host-only one is likely to be left from before. One that came twice is deleted wherever it may be
// without touching another site: no wider than the domain that is configured, or our own host.
std::vector<CookieScope> scopes_beside(const CookieOptions& options, bool doubled) {
  std::vector<CookieScope> scopes = options.former;
  if (!options.domain.empty()) scopes.push_back({{}, options.path});
  if (doubled) {
    for (const std::string& path : {options.path, std::string("/")}) {
      for (const std::string& domain : {std::string(), options.domain, options.host}) {
        scopes.push_back({domain, path});
      }
    }
  }
  std::vector<CookieScope> others;
  for (CookieScope& scope : scopes) {
    const bool own = scope == CookieScope{options.domain, options.path};
    const bool known = std::find(others.begin(), others.end(), scope) != others.end();
    if (!own && !known) others.push_back(std::move(scope));
  }
  return others;
}

}  // namespace

Result<SessionCookies> SessionCookies::make(const SessionsOptions& options) {
  if (options.max_chunks < 1 || options.max_chunks > 4) {
    return Error{Errc::bad_config, "max_chunks is 1 to 4"};
  }
  for (const CookieScope& scope : options.cookie.former) {
    // Any name may have been used there; no browser keeps a cookie of a scope that no name can
    // have.
    auto writer = CookieWriter::make({.name = "x", .path = scope.path, .domain = scope.domain});
    if (!writer) return writer.error();
  }
  std::vector<CookieWriter> writers;
  for (std::uint32_t i = 0; i == 0 || (options.max_chunks > 1 && i <= options.max_chunks); ++i) {
    CookieOptions cookie = options.cookie;
    if (i > 0) cookie.name += "." + std::to_string(i - 1);
    auto writer = CookieWriter::make(std::move(cookie));
    if (!writer) return writer.error();
    writers.push_back(std::move(*writer));
  }
  return SessionCookies(options, std::move(writers));
}

SessionCookies::SessionCookies(const SessionsOptions& options, std::vector<CookieWriter> writers)
    : options_(options.cookie),
      max_chunks_(options.max_chunks),
      slides_(is_stateless(options.carrier) || options.policy.renew_cookie),
      writers_(std::move(writers)) {}

// A stateless token and its cookie end together; the cookie of a row ends with the row's absolute
// deadline, unless it is renewed as the row slides.
std::optional<UnixTime> SessionCookies::expiry(const SessionRecord& record) const {
  if (!record.persistent) return std::nullopt;
  return slides_ ? record.idle_expires_at : record.absolute_expires_at;
}

Result<std::string> SessionCookies::set_cookie(const SessionToken& token,
                                               const SessionRecord& record, UnixTime now) const {
  return writers_.front().write(token.reveal(), expiry(record), now);
}

std::optional<std::string> SessionCookies::read_cookie(
    std::span<const std::string_view> lines) const {
  if (max_chunks_ > 1) return codec::read_chunked(lines, options_.name);
  const CookieMatch match = find_cookie(lines, options_.name);
  if (match.state != CookieMatch::State::found) return std::nullopt;
  return std::string(match.value);
}

Result<std::vector<std::string>> SessionCookies::set_cookies(
    const SessionToken& token, const SessionRecord& record, std::span<const std::string_view> lines,
    UnixTime now) const {
  const std::string& name = options_.name;
  // A chunk carries a dot and a digit more in its name.
  const std::size_t suffix = max_chunks_ > 1 ? 2 : 0;
  const auto parts = codec::write_chunked(name, token.reveal(),
                                          kMaxCookieBytes - name.size() - suffix, max_chunks_);
  if (!parts) {
    return Error{Errc::too_large,
                 "the cookie would have " + std::to_string(name.size() + token.reveal().size()) +
                     " octets and does not fit into " + std::to_string(max_chunks_)};
  }
  std::vector<std::string> cookies;
  delete_elsewhere(lines, cookies);
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const bool whole = parts->size() == 1 && parts->front().first == name;
    const CookieWriter& writer = writers_[whole ? 0 : i + 1];
    auto cookie = writer.write((*parts)[i].second, expiry(record), now);
    if (!cookie) return cookie.error();
    cookies.push_back(std::move(*cookie));
  }
  blank_chunks(codec::stale_chunks(lines, name, *parts), cookies);
  return cookies;
}

std::vector<std::string> SessionCookies::blank_cookies(
    std::span<const std::string_view> lines) const {
  std::vector<std::string> cookies;
  delete_elsewhere(lines, cookies);
  cookies.push_back(blank_cookie());
  std::vector<std::string> stale = codec::stale_chunks(lines, options_.name, {});
  std::erase(stale, options_.name);
  blank_chunks(stale, cookies);
  return cookies;
}

void SessionCookies::delete_elsewhere(std::span<const std::string_view> lines,
                                      std::vector<std::string>& out) const {
  for (const std::string& name : codec::stale_chunks(lines, options_.name, {})) {
    const bool doubled = find_cookie(lines, name).state == CookieMatch::State::duplicated;
    for (CookieScope& scope : scopes_beside(options_, doubled)) {
      CookieOptions options = options_;
      options.name = name;
      options.domain = std::move(scope.domain);
      options.path = std::move(scope.path);
      // A name with a prefix cannot have been written there.
      if (auto writer = CookieWriter::make(std::move(options))) out.push_back(writer->blank());
    }
  }
}

void SessionCookies::blank_chunks(const std::vector<std::string>& names,
                                  std::vector<std::string>& out) const {
  for (const std::string& stale : names) {
    CookieOptions options = options_;
    options.name = stale;
    if (auto writer = CookieWriter::make(std::move(options))) out.push_back(writer->blank());
  }
}

}  // namespace latchkey::session
