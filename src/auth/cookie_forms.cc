#include "auth/cookie_forms.h"

#include <string_view>

#include "guard/site.h"
#include "latchkey/codec/cookie.h"

namespace latchkey::auth {
namespace {

// A former cookie that the prefix of today's name forbids, or that no browser keeps, is a slip.
Result<void> add_former(const FormerCookie& form, CookieOptions& cookie) {
  CookieOptions options = cookie;
  options.domain = form.domain;
  options.path = form.path;
  const bool own = form.domain == cookie.domain && form.path == cookie.path;
  if (!own && !CookieWriter::make(std::move(options))) {
    return Error{Errc::bad_config, "cookie.former: a cookie " + cookie.name + " with domain \"" +
                                       form.domain + "\" and path \"" + form.path +
                                       "\" cannot exist; remove it"};
  }
  cookie.former.push_back({form.domain, form.path});
  return {};
}

}  // namespace

Result<CookieOptions> session_cookie(const PublicUrl& url, const AuthCookie& wanted) {
  CookieOptions cookie = url.cookie();
  if (!wanted.domain.empty()) {
    const std::string_view host = guard::host_of(url.origin());
    if (!guard::is_in_domain(host, wanted.domain)) {
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
  for (const FormerCookie& form : wanted.former) {
    if (Result<void> added = add_former(form, cookie); !added) return added.error();
  }
  return cookie;
}

CookieOptions device_cookie(const CookieOptions& session) {
  constexpr std::string_view kSession = "session";
  CookieOptions cookie = session;
  const std::size_t at = cookie.name.rfind(kSession);
  if (at == std::string::npos) {
    cookie.name += "-device";
  } else {
    cookie.name.replace(at, kSession.size(), "device");
  }
  cookie.http_only = true;
  cookie.former.clear();
  return cookie;
}

}  // namespace latchkey::auth
