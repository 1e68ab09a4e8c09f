#include "auth/cookie_forms.h"

#include <algorithm>

#include "codec/cookie_chunks.h"

namespace latchkey::auth {
namespace {

// host_of returns the host of a serialised origin, without its port.
std::string_view host_of(std::string_view origin) noexcept {
  origin.remove_prefix(origin.find("://") + 3);
  const std::size_t bracket = origin.find(']');
  return origin.substr(0, origin.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

bool holds(std::string_view domain, std::string_view host) noexcept {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

bool same_form(const CookieOptions& a, const CookieOptions& b) noexcept {
  return a.domain == b.domain && a.path == b.path;
}

}  // namespace

Result<CookieOptions> session_cookie(const PublicUrl& url, const AuthCookie& wanted) {
  CookieOptions cookie = url.cookie();
  if (!wanted.domain.empty()) {
    const std::string_view host = host_of(url.origin());
    if (!holds(wanted.domain, host)) {
      return Error{Errc::bad_config, "cookie.domain: browsers refuse \"" + wanted.domain +
                                         "\" from " + std::string(host) +
                                         "; give this host or a domain above it"};
    }
    cookie.domain = wanted.domain;
    if (cookie.secure) cookie.name = "__Secure-session";
  }
  if (!wanted.name.empty()) cookie.name = wanted.name;
  cookie.same_site = wanted.same_site;
  cookie.partitioned = wanted.partitioned;
  return cookie;
}

Result<CookieForms> CookieForms::make(const CookieOptions& current,
                                      std::span<const FormerCookie> former) {
  CookieForms forms;
  forms.name_ = current.name;
  const auto add = [&](const FormerCookie& form) {
    CookieOptions options = current;
    options.domain = form.domain;
    options.path = form.path;
    const auto same = [&](const CookieOptions& other) { return same_form(other, options); };
    if (same(current)) return true;
    if (!std::any_of(forms.others_.begin(), forms.others_.end(), same)) {
      if (!CookieWriter::make(options)) return false;
      forms.others_.push_back(std::move(options));
    }
    return true;
  };
  // A form that the prefix of today's name forbids cannot be in any browser.
  (void)add(FormerCookie{});
  for (const FormerCookie& form : former) {
    if (add(form)) continue;
    return Error{Errc::bad_config, "cookie.former: a cookie " + current.name + " with domain \"" +
                                       form.domain + "\" and path \"" + form.path +
                                       "\" cannot exist; remove it"};
  }
  return forms;
}

std::vector<std::string> CookieForms::blank_others(std::span<const std::string_view> lines,
                                                   bool everywhere) const {
  std::vector<std::string> out;
  if (others_.empty()) return out;
  const std::vector<std::string> brought = codec::stale_chunks(lines, name_, {});
  const auto blank = [&](CookieOptions form, const std::string& name) {
    form.name = name;
    if (auto writer = CookieWriter::make(std::move(form))) out.push_back(writer->blank());
  };
  for (const CookieOptions& form : others_) {
    for (const std::string& name : brought) blank(form, name);
    if (brought.empty() && everywhere && form.path != "/") blank(form, name_);
  }
  return out;
}

}  // namespace latchkey::auth
