#include "server/listen/address.h"

#include <sys/un.h>

#include <algorithm>

#include "base/text.h"
#include "guard/host.h"
#include "latchkey/address.h"
#include "server/settings/units.h"

namespace latchkey::server {
namespace {

constexpr std::string_view kScheme = "unix:";

bool is_socket_path(std::string_view path) noexcept {
  // Beside it a name that is one longer is used for a moment.
  return path.starts_with('/') && path.size() + 1 < sizeof(sockaddr_un::sun_path) &&
         !path.ends_with('/') && std::none_of(path.begin(), path.end(), [](char c) {
           return c == ',' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
         });
}

bool is_listen_host(const std::string& host) {
  return guard::Address::parse(host).has_value() || guard::is_host(ascii_lower(host));
}

}  // namespace

std::optional<ListenAddress> parse_listen_address(std::string_view text) {
  if (text.starts_with(kScheme)) {
    const std::string_view path = text.substr(kScheme.size());
    if (!is_socket_path(path)) return std::nullopt;
    return ListenAddress{.host = {}, .port = 0, .path = std::string{path}};
  }
  auto parsed = parse_host_port(text);
  if (!parsed || !is_listen_host(parsed->host)) return std::nullopt;
  return ListenAddress{.host = std::move(parsed->host), .port = parsed->port};
}

std::string listen_address_text(const ListenAddress& address) {
  if (address.is_file()) return std::string{kScheme} + address.path;
  return host_port_text(address.host, address.port);
}

}  // namespace latchkey::server
