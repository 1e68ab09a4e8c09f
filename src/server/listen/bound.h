#pragma once

#include <boost/asio/ip/address.hpp>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "latchkey/result.h"
#include "server/files/descriptor.h"
#include "server/listen/address.h"
#include "server/listen/passed.h"
#include "server/listen/socket_file.h"

namespace latchkey::server {

// bound_address returns where the socket `fd` listens; nothing for sockets of other families. A
// unix socket without a name has the path "@".
std::optional<ListenAddress> bound_address(int fd);

// Peer is who is at the other end of a connection.
struct Peer {
  std::string text;                                   // its address, or guard::kUnixPeer
  std::optional<boost::asio::ip::address> address{};  // nothing: of a unix socket
};
// peer_of returns nothing when the connection is gone already.
std::optional<Peer> peer_of(int fd);

// Bound is one address that is listened on.
struct Bound {
  ListenAddress address{};             // as it was really bound
  std::vector<Descriptor> sockets{};   // one for each event loop; they listen
  std::unique_ptr<SocketFile> file{};  // of a unix socket that was made here
};

// bind_address listens on `address` for `loops` event loops. With IP each has a socket of its own,
// among which the kernel divides connections. Fails with bad_config, and with what is wrong as its
// detail.
Result<Bound> bind_address(const ListenAddress& address, std::size_t loops,
                           const SocketRights& rights);
// adopt_socket does the same with a socket that was passed; all loops accept from it.
Result<Bound> adopt_socket(const PassedSocket& passed, std::size_t loops);

}  // namespace latchkey::server
