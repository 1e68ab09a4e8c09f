#pragma once

#include <string_view>

namespace latchkey::guard {

// is_host tells whether `host` is a host as a URL's origin has it: a name in lower case, an IPv4
// address in four decimal parts, or an IPv6 address in brackets in its shortest form.
bool is_host(std::string_view host) noexcept;

// is_loopback_host tells whether `host` is localhost, of 127.0.0.0/8, or [::1].
bool is_loopback_host(std::string_view host) noexcept;

}  // namespace latchkey::guard
