#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::server {

// ListenAddress is where a server listens: at an address or name and a port, or, if `path` is set,
// at a unix socket.
struct ListenAddress {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  std::string path{};      // of a unix socket, absolute

  bool is_file() const noexcept { return !path.empty(); }
  bool operator==(const ListenAddress&) const = default;
};

// kListenForm describes what parse_listen_address reads, for messages.
inline constexpr std::string_view kListenForm =
    "HOST:PORT, such as \"127.0.0.1:4470\" or \"[::1]:4470\", or \"unix:/PATH\"";

// parse_listen_address reads HOST:PORT or unix:/PATH. A path holds no comma, which separates
// addresses, and no control character.
std::optional<ListenAddress> parse_listen_address(std::string_view text);
std::string listen_address_text(const ListenAddress& address);

}  // namespace latchkey::server
