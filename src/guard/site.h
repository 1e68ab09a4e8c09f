#pragma once

#include <string>
#include <string_view>

#include "latchkey/public_url.h"

namespace latchkey::guard {

// is_in_domain tells whether `host` is `domain` or below it. Both in lower case.
bool is_in_domain(std::string_view host, std::string_view domain) noexcept;

// host_of returns the host of `authority` (host[:port]) or of what follows "://" in an origin.
std::string_view host_of(std::string_view authority) noexcept;

// site_origin returns the origin of `authority` (host[:port], as a proxy names it) if the session
// cookie of `url` is for it, too: that of `url` itself, or with a `cookie_domain` any host of it.
// Empty otherwise. The scheme is always that of `url` (R128 of docs/requirements.md).
std::string site_origin(std::string_view authority, const PublicUrl& url,
                        std::string_view cookie_domain);

}  // namespace latchkey::guard
