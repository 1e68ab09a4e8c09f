#include "codec/cookie_chunks.h"
#include "session/sessions_impl.h"

// Sessions and the cookies they travel in.
namespace latchkey {

// A stateless token and its cookie end together; the cookie of a row ends with the row's absolute
// deadline, unless it is renewed as the row slides.
std::optional<UnixTime> Sessions::Impl::cookie_expiry(const SessionRecord& record) const {
  if (!record.persistent) return std::nullopt;
  const bool slides = stateless != nullptr || options.policy.renew_cookie;
  return slides ? record.idle_expires_at : record.absolute_expires_at;
}

Result<std::string> Sessions::set_cookie(const SessionToken& token,
                                         const SessionRecord& record) const {
  return impl_->cookies.front().write(token.reveal(), impl_->cookie_expiry(record),
                                      impl_->clock.now());
}

std::string Sessions::blank_cookie() const { return impl_->cookies.front().blank(); }

std::optional<std::string> Sessions::read_cookie(std::span<const std::string_view> lines) const {
  const std::string& name = impl_->options.cookie.name;
  if (impl_->options.max_chunks > 1) return codec::read_chunked(lines, name);
  const CookieMatch match = find_cookie(lines, name);
  if (match.state != CookieMatch::State::found) return std::nullopt;
  return std::string(match.value);
}

Result<std::vector<std::string>> Sessions::set_cookies(
    const SessionToken& token, const SessionRecord& record,
    std::span<const std::string_view> lines) const {
  const std::string& name = impl_->options.cookie.name;
  // A chunk carries a dot and a digit more in its name.
  const std::size_t suffix = impl_->options.max_chunks > 1 ? 2 : 0;
  const auto parts = codec::write_chunked(
      name, token.reveal(), kMaxCookieBytes - name.size() - suffix, impl_->options.max_chunks);
  if (!parts) {
    return Error{Errc::too_large,
                 "the cookie would have " + std::to_string(name.size() + token.reveal().size()) +
                     " octets and does not fit into " + std::to_string(impl_->options.max_chunks)};
  }
  std::vector<std::string> cookies;
  for (std::size_t i = 0; i < parts->size(); ++i) {
    const bool whole = parts->size() == 1 && parts->front().first == name;
    const CookieWriter& writer = impl_->cookies[whole ? 0 : i + 1];
    auto cookie =
        writer.write((*parts)[i].second, impl_->cookie_expiry(record), impl_->clock.now());
    if (!cookie) return cookie.error();
    cookies.push_back(std::move(*cookie));
  }
  for (const std::string& stale : codec::stale_chunks(lines, name, *parts)) {
    CookieOptions options = impl_->options.cookie;
    options.name = stale;
    if (auto writer = CookieWriter::make(std::move(options))) cookies.push_back(writer->blank());
  }
  return cookies;
}

std::vector<std::string> Sessions::blank_cookies(std::span<const std::string_view> lines) const {
  const std::string& name = impl_->options.cookie.name;
  std::vector<std::string> cookies{blank_cookie()};
  for (const std::string& stale : codec::stale_chunks(lines, name, {})) {
    if (stale == name) continue;
    CookieOptions options = impl_->options.cookie;
    options.name = stale;
    if (auto writer = CookieWriter::make(std::move(options))) cookies.push_back(writer->blank());
  }
  return cookies;
}

}  // namespace latchkey
