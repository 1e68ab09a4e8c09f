#include "session/session_cookies.h"

#include <utility>

#include "codec/cookie_chunks.h"

namespace latchkey::session {

Result<SessionCookies> SessionCookies::make(const SessionsOptions& options) {
  if (options.max_chunks < 1 || options.max_chunks > 4) {
    return Error{Errc::bad_config, "max_chunks is 1 to 4"};
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
  std::vector<std::string> cookies{blank_cookie()};
  std::vector<std::string> stale = codec::stale_chunks(lines, options_.name, {});
  std::erase(stale, options_.name);
  blank_chunks(stale, cookies);
  return cookies;
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
