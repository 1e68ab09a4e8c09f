#include "guard/seen_address.h"

#include <string>

#include "guard/host.h"
#include "latchkey/address.h"

namespace latchkey::guard {
namespace {

// name_of returns the host of HOST or HOST:PORT in lower case; empty when it is none.
std::string name_of(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  std::string name{authority.substr(0, authority.find(':', bracket))};
  for (char& c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return is_host(name) ? name : std::string{};
}

std::string_view authority_of(const PublicUrl& url) {
  const std::string_view origin = url.origin();
  return origin.substr(origin.find("://") + 3);
}

// A proxy's default Host header names its upstream: an address, localhost, a service of a cluster.
bool may_be_upstream(const std::string& name) {
  return name.find('.') == std::string::npos || Address::parse(name).has_value();
}

}  // namespace

bool opened_elsewhere(const AddressFacts& facts, const PublicUrl& url) {
  const std::string ours = name_of(authority_of(url));
  const auto differs = [&](const std::string& name) {
    if (name.empty() || name == ours) return false;
    return !(url.loopback() && is_loopback_host(name));
  };
  if (facts.forwarded_host) return differs(name_of(*facts.forwarded_host));
  const std::string name = name_of(facts.host);
  if (facts.from_proxy || !differs(name)) return false;
  return !may_be_upstream(name) || !facts.secure_context;
}

}  // namespace latchkey::guard
