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

// make_tls_context returns what verifies servers: against `ca_file`, or what the system trusts.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& ca_file);

// Transport is one connection of bytes over TCP, TLS or a unix socket. It is used once; handlers
// run on the thread of its io_context and keep it alive.
class Transport : public std::enable_shared_from_this<Transport> {
 public:
  using ErrorCode = boost::system::error_code;
  using Done = std::function<void(const ErrorCode&)>;
  using Moved = std::function<void(const ErrorCode&, std::size_t)>;

  Transport(boost::asio::io_context& io, std::shared_ptr<boost::asio::ssl::context> tls);

  // connect resolves the address, tries what it names in turn, and does TLS.
  void connect(const RedisAddress& address, Done done);
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
  std::shared_ptr<boost::asio::ssl::context> tls_;
  Socket socket_;
  std::optional<boost::asio::ssl::stream<Socket&>> stream_;
  std::string host_;
  bool tcp_ = false;
};

}  // namespace latchkey::redis
