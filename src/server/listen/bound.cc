#include "server/listen/bound.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <utility>

#include "base/bad_config.h"
#include "latchkey/client_address.h"

namespace latchkey::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using Endpoint = asio::ip::tcp::endpoint;
using ReusePort = asio::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

constexpr int kTcpBacklog = 1024;

Result<Endpoint> resolve(const std::string& host, std::uint16_t port) {
  error_code ec;
  const auto address = asio::ip::make_address(host, ec);
  if (!ec) return Endpoint{address, port};
  asio::io_context io;
  asio::ip::tcp::resolver resolver(io);
  const auto found = resolver.resolve(host, std::to_string(port), ec);
  if (ec || found.empty()) return bad_config("the name does not resolve");
  return found.begin()->endpoint();
}

// With SO_REUSEPORT a second server of the same user would share the port without an error and
// take half of the requests; a socket without that option finds out.
Result<void> check_free(const Endpoint& endpoint) {
  asio::io_context io;
  asio::ip::tcp::acceptor probe(io);
  error_code ec;
  probe.open(endpoint.protocol(), ec);
  if (!ec) probe.set_option(asio::ip::tcp::acceptor::reuse_address(true), ec);
  if (!ec) probe.bind(endpoint, ec);
  if (ec) return bad_config(ec.message());
  return {};
}

Result<Descriptor> listen_at(Endpoint& endpoint) {
  asio::io_context io;
  asio::ip::tcp::acceptor acceptor(io);
  error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(asio::ip::tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.set_option(ReusePort(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(kTcpBacklog, ec);
  if (!ec) endpoint = acceptor.local_endpoint(ec);  // with port 0 the first one decides for all
  if (ec) return bad_config(ec.message());
  return Descriptor(acceptor.release(ec));
}

Result<void> share(int fd, std::size_t loops, Bound& bound) {
  for (std::size_t i = 0; i < loops; ++i) {
    bound.sockets.emplace_back(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
    if (!bound.sockets.back()) return bad_config(std::strerror(errno));
  }
  return {};
}

// An IP address of the kernel's, as Asio writes it.
std::optional<Endpoint> ip_endpoint(const sockaddr_storage& address, socklen_t size) {
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6) return std::nullopt;
  Endpoint endpoint;
  std::memcpy(endpoint.data(), &address, std::min<std::size_t>(size, endpoint.capacity()));
  return endpoint;
}

}  // namespace

std::optional<ListenAddress> bound_address(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (const auto ip = ip_endpoint(address, size)) {
    return ListenAddress{.host = ip->address().to_string(), .port = ip->port()};
  }
  if (address.ss_family != AF_UNIX) return std::nullopt;
  sockaddr_un named{};
  std::memcpy(&named, &address, std::min<std::size_t>(size, sizeof named));
  const bool has_name = size > offsetof(sockaddr_un, sun_path) && named.sun_path[0] == '/';
  const std::size_t most = sizeof named.sun_path;
  return ListenAddress{
      .host = {},
      .port = 0,
      .path = has_name ? std::string(named.sun_path, ::strnlen(named.sun_path, most)) : "@"};
}

std::optional<Peer> peer_of(int fd) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&address), &size) != 0) return std::nullopt;
  if (const auto ip = ip_endpoint(address, size)) {
    return Peer{ip->address().to_string(), ip->address()};
  }
  return Peer{std::string{guard::kUnixPeer}};
}

Result<Bound> bind_address(const ListenAddress& address, std::size_t loops,
                           const SocketRights& rights) {
  Bound bound;
  if (address.is_file()) {
    auto file = SocketFile::open(address.path, rights);
    if (!file) return file.error();
    bound.address = address;
    bound.file = *std::move(file);
    if (Result<void> shared = share(bound.file->fd(), loops, bound); !shared) return shared.error();
    return bound;
  }
  Result<Endpoint> endpoint = resolve(address.host, address.port);
  if (!endpoint) return endpoint.error();
  if (Result<void> free = check_free(*endpoint); !free) return free.error();
  for (std::size_t i = 0; i < loops; ++i) {
    Result<Descriptor> socket = listen_at(*endpoint);
    if (!socket) return socket.error();
    bound.sockets.push_back(*std::move(socket));
  }
  bound.address = {.host = endpoint->address().to_string(), .port = endpoint->port()};
  return bound;
}

Result<Bound> adopt_socket(const PassedSocket& passed, std::size_t loops) {
  Bound bound;
  bound.address = passed.address;
  if (Result<void> shared = share(passed.socket.get(), loops, bound); !shared) {
    return shared.error();
  }
  return bound;
}

}  // namespace latchkey::server
