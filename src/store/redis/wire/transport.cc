#include "store/redis/wire/transport.h"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>
#include <utility>

namespace latchkey::redis {
namespace {

namespace asio = boost::asio;

Result<TlsContext> make_context(const std::string& ca_file) {
  boost::system::error_code ec;
  auto context = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_client);
  context->set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1, ec);
  if (!ec) context->set_verify_mode(asio::ssl::verify_peer, ec);
  if (ec) return Error{Errc::crypto_unavailable, "TLS cannot be set up"};
  if (ca_file.empty()) {
    context->set_default_verify_paths(ec);
  } else {
    context->load_verify_file(ca_file, ec);
  }
  if (ec) return Error{Errc::bad_config, "ca_file is no readable file of PEM certificates"};
  return context;
}

}  // namespace

Result<std::shared_ptr<TlsTrust>> TlsTrust::open(std::string ca_file) {
  Result<TlsContext> context = make_context(ca_file);
  if (!context) return context.error();
  return std::shared_ptr<TlsTrust>(new TlsTrust(std::move(ca_file), *std::move(context)));
}

TlsContext TlsTrust::context() {
  if (ca_file_.empty()) return context_;
  if (Result<TlsContext> now = make_context(ca_file_)) context_ = *std::move(now);
  return context_;
}

Transport::Transport(asio::io_context& io, TlsContext tls)
    : resolver_(io), tls_(std::move(tls)), socket_(io) {}

void Transport::connect(const RedisAddress& address, std::function<void()> securing, Done done) {
  securing_ = std::move(securing);
  if (!address.path.empty()) {
    constexpr std::size_t kMaxPath = 107;  // of sockaddr_un
    if (address.path.size() > kMaxPath) {
      return done(asio::error::make_error_code(asio::error::name_too_long));
    }
    return connect_next({asio::local::stream_protocol::endpoint{address.path}}, 0, std::move(done));
  }
  tcp_ = true;
  host_ = address.host;
  resolver_.async_resolve(
      address.host, std::to_string(address.port), asio::ip::tcp::resolver::numeric_service,
      [self = shared_from_this(), done = std::move(done)](const ErrorCode& ec, auto results) {
        if (ec) return done(ec);
        std::vector<Endpoint> endpoints;
        for (const auto& result : results) endpoints.emplace_back(result.endpoint());
        self->connect_next(std::move(endpoints), 0, std::move(done));
      });
}

void Transport::connect_next(std::vector<Endpoint> endpoints, std::size_t next, Done done) {
  ErrorCode ignored;
  socket_.close(ignored);
  const Endpoint endpoint = endpoints[next];
  socket_.async_connect(endpoint, [self = shared_from_this(), endpoints = std::move(endpoints),
                                   next, done = std::move(done)](const ErrorCode& ec) mutable {
    if (ec && ec != asio::error::operation_aborted && next + 1 < endpoints.size()) {
      return self->connect_next(std::move(endpoints), next + 1, std::move(done));
    }
    if (ec) return done(ec);
    self->secure(std::move(done));
  });
}

void Transport::secure(Done done) {
  ErrorCode ignored;
  if (tcp_) socket_.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (!tls_) return done({});
  if (securing_) securing_();
  stream_.emplace(socket_, *tls_);
  ErrorCode not_a_number;
  asio::ip::make_address(host_, not_a_number);
  if (not_a_number) SSL_set_tlsext_host_name(stream_->native_handle(), host_.c_str());
  stream_->set_verify_callback(asio::ssl::host_name_verification(host_), ignored);
  stream_->async_handshake(
      asio::ssl::stream_base::client,
      [self = shared_from_this(), done = std::move(done)](const ErrorCode& ec) { done(ec); });
}

void Transport::read_some(char* data, std::size_t size, Moved moved) {
  auto handler = [self = shared_from_this(), moved = std::move(moved)](
                     const ErrorCode& ec, std::size_t count) { moved(ec, count); };
  if (stream_) {
    stream_->async_read_some(asio::buffer(data, size), std::move(handler));
  } else {
    socket_.async_read_some(asio::buffer(data, size), std::move(handler));
  }
}

void Transport::write(std::string_view text, Moved moved) {
  auto handler = [self = shared_from_this(), moved = std::move(moved)](
                     const ErrorCode& ec, std::size_t count) { moved(ec, count); };
  if (stream_) {
    asio::async_write(*stream_, asio::buffer(text.data(), text.size()), std::move(handler));
  } else {
    asio::async_write(socket_, asio::buffer(text.data(), text.size()), std::move(handler));
  }
}

void Transport::close() noexcept {
  ErrorCode ignored;
  resolver_.cancel();
  socket_.close(ignored);
}

}  // namespace latchkey::redis
