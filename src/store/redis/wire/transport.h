#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "latchkey/redis.h"

namespace latchkey::redis {

using TlsContext = std::shared_ptr<boost::asio::ssl::context>;

// TlsTrust makes what verifies servers: against `ca_file`, or what the system trusts. One thread at
// a time.
class TlsTrust {
 public:
  // open fails when the file cannot be used.
  static Result<std::shared_ptr<TlsTrust>> open(std::string ca_file);
  // context returns one for a new connection, of the file as it is now. While the file cannot be
  // used, because somebody is just replacing it, it is that of before.
  TlsContext context();

 private:
  TlsTrust(std::string ca_file, TlsContext context)
      : ca_file_(std::move(ca_file)), context_(std::move(context)) {}
  const std::string ca_file_;
  TlsContext context_;
};

// Transport is one connection of bytes over TCP, TLS or a unix socket. It is used once; handlers
// run on the thread of its io_context and keep it alive.
class Transport : public std::enable_shared_from_this<Transport> {
 public:
  using ErrorCode = boost::system::error_code;
  using Done = std::function<void(const ErrorCode&)>;
  using Moved = std::function<void(const ErrorCode&, std::size_t)>;

  Transport(boost::asio::io_context& io, TlsContext tls);

  // connect resolves the address, tries what it names in turn, and does TLS. `securing` is called
  // when the other side took the connection and TLS begins.
  void connect(const RedisAddress& address, std::function<void()> securing, Done done);
  void read_some(char* data, std::size_t size, Moved moved);
  // write sends all of `text`, which must stay as it is until `moved` is called.
  void write(std::string_view text, Moved moved);
  void close() noexcept;

 private:
  using Socket = boost::asio::generic::stream_protocol::socket;
  using Endpoint = boost::asio::generic::stream_protocol::endpoint;

  void connect_next(std::vector<Endpoint> endpoints, std::size_t next, Done done);
  void secure(Done done);

  boost::asio::ip::tcp::resolver resolver_;
  TlsContext tls_;
  std::function<void()> securing_;
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> stream_;
  std::string host_;
  bool tcp_ = false;
};

}  // namespace latchkey::redis
