#pragma once

#include <optional>
#include <string_view>

#include "latchkey/public_url.h"

namespace latchkey::guard {

// AddressFacts are what the request for a page tells about the address it was opened under. None of
// it is trusted: it decides about a notice only.
struct AddressFacts {
  std::string_view host;                             // of the Host header
  std::optional<std::string_view> forwarded_host{};  // of X-Forwarded-Host
  bool from_proxy = false;      // a proxy sent it, so `host` may be that proxy's own word
  bool secure_context = false;  // the browser sent Sec-Fetch-Site: over https, or to loopback
};

// opened_elsewhere tells whether a page was opened under another host name than that of `url`,
// where no form of it can be sent. A proxy that does not pass the Host header on puts the name of
// its own upstream there, so a name without a dot and an address count only from a browser without
// https.
bool opened_elsewhere(const AddressFacts& facts, const PublicUrl& url);

}  // namespace latchkey::guard
