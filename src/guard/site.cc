#include "guard/site.h"

namespace latchkey::guard {

bool is_in_domain(std::string_view host, std::string_view domain) noexcept {
  if (host == domain) return true;
  return host.size() > domain.size() && host.ends_with(domain) &&
         host[host.size() - domain.size() - 1] == '.';
}

std::string_view host_of(std::string_view authority) noexcept {
  const std::size_t scheme = authority.find("://");
  if (scheme != std::string_view::npos) authority.remove_prefix(scheme + 3);
  const std::size_t bracket = authority.find(']');
  return authority.substr(0, authority.find(':', bracket == std::string_view::npos ? 0 : bracket));
}

std::string site_origin(std::string_view authority, const PublicUrl& url,
                        std::string_view cookie_domain) {
  if (authority.empty() || authority.find('/') != std::string_view::npos) return {};
  const auto parsed =
      PublicUrl::parse(std::string(url.https() ? "https://" : "http://").append(authority));
  if (!parsed) return {};
  const bool shared =
      !cookie_domain.empty() && is_in_domain(host_of(parsed->origin()), cookie_domain);
  return shared || url.same_origin(parsed->origin()) ? parsed->origin() : std::string{};
}

}  // namespace latchkey::guard
