#include "serve.h"

#include <chrono>

#include <latchkey/browser_client.h>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>

namespace example {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;

struct Site {
  latchkey::BeastAuth beast;
  const Routes& routes;
};

void not_found(const Request&, Response& response, latchkey::AuthSession&) {
  response.result(beast::http::status::not_found);
  response.body() = "Not found\n";
}

Handler find_handler(const Routes& routes, const Request& request) {
  const std::string path{request.target().substr(0, request.target().find('?'))};
  const auto route = routes.find(std::string(request.method_string()) + " " + path);
  return route == routes.end() ? not_found : route->second;
}

// The script of the pages asks without the user's doing: that is no activity.
latchkey::BeginOptions options_for(const Request& request) {
  if (request.target().starts_with("/device/")) return latchkey::kDeviceRoute;
  const bool poll = request.target().starts_with("/v1/session/status");
  return poll ? latchkey::kStatusPoll : latchkey::BeginOptions{};
}

asio::awaitable<void> converse(tcp::socket socket, Site& site) {
  const std::string peer = socket.remote_endpoint().address().to_string();
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  try {
    for (bool more = true; more;) {
      stream.expires_after(std::chrono::seconds(30));
      Request request;
      co_await beast::http::async_read(stream, buffer, request, asio::use_awaitable);
      const Handler handler = find_handler(site.routes, request);
      const Response response =
          co_await site.beast.answer(request, peer, handler, options_for(request));
      more = response.keep_alive();
      co_await beast::http::async_write(stream, response, asio::use_awaitable);
    }
  } catch (const std::exception&) {
    // The client has gone, or did not speak HTTP.
  }
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, Site& site) {
  for (;;) {
    auto socket = co_await acceptor.async_accept(asio::use_awaitable);
    asio::co_spawn(acceptor.get_executor(), converse(std::move(socket), site), asio::detached);
  }
}

}  // namespace

bool serve(const std::string& host, unsigned short port, latchkey::BeastAuth beast,
           const Routes& routes) {
  Site site{std::move(beast), routes};
  asio::io_context context(1);
  boost::system::error_code failed;
  tcp::acceptor acceptor(context);
  const tcp::endpoint endpoint(asio::ip::make_address(host, failed), port);
  if (!failed) acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(tcp::socket::max_listen_connections, failed);
  if (failed) return false;
  asio::co_spawn(context, accept(acceptor, site), asio::detached);
  context.run();
  return true;
}

}  // namespace example
