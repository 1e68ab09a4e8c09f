#include "guard/host.h"

#include "latchkey/address.h"

namespace latchkey::guard {
namespace {

bool is_label(std::string_view label) noexcept {
  if (label.empty() || label.size() > 63) return false;
  if (label.front() == '-' || label.back() == '-') return false;
  for (const char c : label) {
    const bool ok = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    if (!ok) return false;
  }
  return true;
}

bool is_number(std::string_view text) noexcept {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

bool is_name(std::string_view host) noexcept {
  if (host.size() > 253) return false;
  std::string_view last;
  while (true) {
    const std::size_t dot = host.find('.');
    last = host.substr(0, dot);
    if (!is_label(last)) return false;
    if (dot == std::string_view::npos) break;
    host.remove_prefix(dot + 1);
  }
  // A name whose last label is a number would be read as an IPv4 address by browsers.
  return !is_number(last) && !last.starts_with("0x");
}

}  // namespace

bool is_host(std::string_view host) noexcept {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    const std::string_view inner = host.substr(1, host.size() - 2);
    const auto address = Address::parse(inner);
    return address && address->is_v6() && address->text() == inner;
  }
  const auto address = Address::parse(host);
  return address ? !address->is_v6() : is_name(host);
}

bool is_loopback_host(std::string_view host) noexcept {
  if (host == "localhost" || host == "[::1]") return true;
  const auto address = Address::parse(host);
  return address && !address->is_v6() && host.starts_with("127.");
}

}  // namespace latchkey::guard
