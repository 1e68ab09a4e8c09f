#include "server/http/connection.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/log.h"
#include "base/platform/platform.h"
#include "http/base_path.h"
#include "latchkey/secret.h"
#include "server/http/refusal.h"
#include "server/loop.h"

namespace latchkey::server {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr std::size_t kFirstCapacity = 4096;
constexpr std::size_t kBodyRoom = 1024;  // at least this much is read at once of a body
constexpr std::size_t kOutKept = 64 * 1024;
constexpr Millis kLingerTime{2000};
constexpr Millis kFreshGrace{2000};
constexpr std::size_t kLingerBytes = 4 << 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace

struct Connection::OnRead {
  Connection* connection;
  void operator()(const error_code& ec, std::size_t bytes) const {
    connection->on_read(static_cast<bool>(ec), bytes);
  }
};
struct Connection::OnWrite {
  Connection* connection;
  void operator()(const error_code& ec, std::size_t bytes) const {
    connection->on_write(static_cast<bool>(ec), bytes);
  }
};

Connection::Connection(Loop& loop, Socket socket, std::string peer, PeerShare share)
    : loop_(loop),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      share_(std::move(share)),
      trusted_(loop.shared().peers.trusts(peer_)),
      parser_(loop.shared().limits),
      buffer_(new char[kFirstCapacity]),
      capacity_(kFirstCapacity) {}

Connection::~Connection() { wipe(buffer_.get(), dirty_); }

void Connection::start() {
  enter(State::idle);
  // A client that connects and says nothing is not kept as long as one that has been served.
  deadline_ = after(loop_.timeouts().header);
  read();
}

// The loop's clock may be a tick old, and no deadline comes early.
Millis Connection::after(Millis duration) const { return loop_.now() + Loop::kTick + duration; }

void Connection::enter(State state) {
  const Timeouts& timeouts = loop_.timeouts();
  state_ = state;
  switch (state) {
    case State::idle:
      deadline_ = after(timeouts.idle);
      break;
    case State::head:
      deadline_ = after(timeouts.header);
      break;
    case State::body:
      deadline_ = after(timeouts.body);
      break;
    case State::working:
      deadline_ = Millis::max();
      break;
    case State::holding:
      deadline_ = after(response_.hold);
      break;
    case State::writing:
      deadline_ = after(timeouts.write);
      break;
    case State::lingering:
      deadline_ = after(kLingerTime);
      break;
  }
}

void Connection::tick(Millis now) {
  if (now < deadline_) return;
  deadline_ = Millis::max();
  if (state_ == State::head || state_ == State::body) {
    expired_ = true;
    error_code ignored;
    socket_.cancel(ignored);  // on_read answers 408
  } else if (state_ == State::holding) {
    if (answer(std::exchange(response_, {}))) proceed();
  } else {
    close_socket();
  }
}

void Connection::drain(Millis now) {
  if (state_ != State::idle) return;
  // A request may be in the socket already; the next tick closes, so that it is still answered. A
  // client that has just connected is about to send one.
  const bool fresh = dirty_ == 0;
  deadline_ = fresh ? std::min(deadline_, now + kFreshGrace) : now;
}

void Connection::close_socket() {
  error_code ignored;
  socket_.close(ignored);
}

void Connection::read() {
  socket_.async_read_some(asio::mutable_buffer(buffer_.get() + end_, capacity_ - end_),
                          OnRead{this});
}

void Connection::on_read(bool failed, std::size_t bytes) {
  if (expired_) {
    expired_ = false;
    if (refuse(408)) proceed();
    return;
  }
  if (failed) return loop_.remove(this);
  if (state_ == State::lingering) {
    lingered_ += bytes;
    if (lingered_ > kLingerBytes) return loop_.remove(this);
    return read();
  }
  end_ += bytes;
  dirty_ = std::max(dirty_, end_);
  if (state_ == State::idle) enter(State::head);
  proceed();
}

// Goes on until something is under way; then `this` may be gone already.
void Connection::proceed() {
  while (advance()) {
  }
}

// The functions below return true when the next step can be taken at once, false when a read, a
// write or a worker will go on (or the connection is gone).
bool Connection::advance() { return state_ == State::body ? advance_body() : advance_head(); }

bool Connection::advance_head() {
  using Status = RequestParser::Status;
  if (begin_ == end_) {
    begin_ = end_ = 0;
    enter(State::idle);
    if (loop_.draining()) deadline_ = loop_.now();
    read();
    return false;
  }
  if (state_ == State::idle) enter(State::head);
  Status status = parser_.find_head({buffer_.get() + begin_, end_ - begin_});
  if (status == Status::need_more) return want_more();
  if (status == Status::refused) return refuse(parser_.refusal());

  while (capacity_ - begin_ - parser_.head_size() < kBodyRoom) {
    if (!make_room()) return refuse(431);
  }
  status = parser_.read_head({buffer_.get() + begin_, parser_.head_size()});
  http::Request& request = parser_.mutable_request();
  request.path = http::without_base(request.path, loop_.shared().site.base);
  // What does not read the body is asked about another request, whose method may be any, too.
  const bool head_alone = parser_.readable() && !loop_.shared().handler->reads_body(request);
  body_unread_ = head_alone && parser_.announces_body();
  if (status == Status::refused && !head_alone) return refuse(parser_.refusal());
  begin_ += parser_.head_size();
  head_end_ = begin_;
  if (status == Status::complete || head_alone) return dispatch();

  enter(State::body);
  has_body_ = true;
  if (parser_.expects_continue() && begin_ == end_) {
    // Too small not to fit into an empty socket buffer.
    ::send(socket_.native_handle(), kContinue.data(), kContinue.size(),
           platform::send_flags() | MSG_DONTWAIT);
  }
  return true;
}

bool Connection::advance_body() {
  using Status = RequestParser::Status;
  std::size_t used = 0;
  Status status = Status::need_more;
  if (begin_ != end_) status = parser_.parse_body({buffer_.get() + begin_, end_ - begin_}, used);
  begin_ += used;
  if (status == Status::refused) return refuse(parser_.refusal());
  if (status == Status::complete) return dispatch();

  begin_ = end_ = head_end_;  // all of it was taken
  read();
  return false;
}

bool Connection::want_more() {
  if (end_ == capacity_ && !make_room()) return refuse(431);
  read();
  return false;
}

// Moves the request to the buffer's start or into a larger one. Only before its head was read.
bool Connection::make_room() {
  const std::size_t size = end_ - begin_;
  const std::size_t most = loop_.shared().limits.header_bytes + kFirstCapacity;
  if (begin_ == 0) {
    if (capacity_ >= most) return false;
    const std::size_t larger = std::min(capacity_ * 2, most);
    std::unique_ptr<char[]> grown(new char[larger]);
    std::memcpy(grown.get(), buffer_.get(), size);
    wipe(buffer_.get(), size);
    buffer_ = std::move(grown);
    capacity_ = larger;
  } else {
    std::memmove(buffer_.get(), buffer_.get() + begin_, size);
    begin_ = 0;
    end_ = size;
  }
  return true;
}

bool Connection::dispatch() {
  Shared& shared = loop_.shared();
  http::Request& request = parser_.mutable_request();
  request.peer_address = peer_;
  identify(request);
  enter(State::working);
  const http::Lane lane = shared.handler->lane(request);
  if (lane == http::Lane::inline_read) {
    http::Attempt attempt = shared.handler->try_handle(request);
    if (const auto* response = std::get_if<http::Response>(&attempt)) return answer(*response);
    later_ = std::move(std::get<std::unique_ptr<http::Later>>(attempt));
  }

  WorkerPool& pool = lane == http::Lane::hashing ? shared.hashing : shared.blocking;
  if (pool.submit({&Connection::run_on_worker, this})) return false;
  later_.reset();
  return answer(refusal(503, request.path));
}

// The id that a proxy gave a request is kept, so that its log and ours tell of the same one.
void Connection::identify(http::Request& request) {
  arrived_at_ = std::chrono::steady_clock::now();
  route_ = loop_.shared().handler->route_of(request);
  request_id_ = loop_.next_request_id();
  // Of a refused head nothing but the path is sure.
  const auto given = trusted_ && !refused_ ? request.header("x-request-id") : std::nullopt;
  if (given && request.header_count("x-request-id") == 1) request_id_.take(*given);
  request.request_id = request_id_.text();
}

void Connection::count(const http::Response& response) {
  const auto took = std::chrono::steady_clock::now() - arrived_at_;
  loop_.counts().add(route_, response.status, took);
  if (loop_.shared().log_requests.load(std::memory_order_relaxed)) {
    log_answer(response.status, took);
  }
}

// Neither path nor query, which may hold anything, and no cookie: the route is enough.
void Connection::log_answer(int status, std::chrono::nanoseconds took) const {
  const auto names = loop_.shared().handler->route_names();
  if (names.empty()) return;
  const http::Request& request = parser_.request();
  const auto header = trusted_ && !refused_ ? request.header("traceparent") : std::nullopt;
  const TraceParent trace = parse_traceparent(header.value_or("")).value_or(TraceParent{});
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
  log(LogLevel::info, "request",
      {{"method", refused_ ? std::string_view{} : request.method},
       {"route", names[route_]},
       {"status", std::to_string(status)},
       {"micros", std::to_string(micros)},
       {"peer", peer_},
       {"request_id", request_id_.text()},
       {"trace_id", trace.trace_id},
       {"parent_id", trace.parent_id}});
}

void Connection::run_on_worker(void* self) {
  auto* connection = static_cast<Connection*>(self);
  const std::unique_ptr<http::Later> later = std::exchange(connection->later_, nullptr);
  connection->response_ =
      later ? later->finish()
            : connection->loop_.shared().handler->handle(connection->parser_.request());
  asio::post(connection->loop_.io(), [connection] { connection->on_worker_done(); });
}

void Connection::on_worker_done() {
  http::Response response = std::exchange(response_, {});
  if (response.hold > Millis{0}) return hold(std::move(response));
  if (answer(response)) proceed();
}

// Nothing is read meanwhile: whether the client is still there shows when the answer is sent.
void Connection::hold(http::Response response) {
  response_ = std::move(response);
  enter(State::holding);
}

bool Connection::answer(const http::Response& response) {
  // Behind an unread body nobody could tell where the next request begins.
  const bool keep = parser_.keep_alive() && !response.close && !loop_.draining() && !body_unread_;
  close_after_ = !keep;
  count(response);
  write(response);
  return send();
}

void Connection::write(const http::Response& response) {
  const SiteOptions& site = loop_.shared().site;
  const http::WriteOptions options{.head = parser_.request().method == "HEAD",
                                   .keep_alive = !close_after_,
                                   .hsts = site.hsts,
                                   .form_targets = site.form_targets,
                                   .date = loop_.date(),
                                   .request_id = request_id_.text()};
  if (site.base.empty()) return http::write_response(response, options, out_);
  http::Response below = response;
  http::add_base(below, site.base);
  http::write_response(below, options, out_);
}

// Answers a request that cannot be read on. What the client still sends is read and dropped for a
// while, because closing at once would reset the connection and the answer with it.
bool Connection::refuse(int status) {
  refused_ = close_after_ = true;
  identify(parser_.mutable_request());
  const http::Response response = refusal(status, parser_.request().path);
  count(response);
  write(response);
  return send();
}

bool Connection::send() {
  enter(State::writing);
  const ssize_t bytes = ::send(socket_.native_handle(), out_.data(), out_.size(),
                               platform::send_flags() | MSG_DONTWAIT);
  if (bytes == static_cast<ssize_t>(out_.size())) return sent();
  if (bytes < 0 && errno != EAGAIN && errno != EINTR) {
    loop_.remove(this);
    return false;
  }
  out_sent_ = bytes > 0 ? static_cast<std::size_t>(bytes) : 0;
  socket_.async_write_some(asio::const_buffer(out_.data() + out_sent_, out_.size() - out_sent_),
                           OnWrite{this});
  return false;
}

void Connection::on_write(bool failed, std::size_t bytes) {
  if (failed) return loop_.remove(this);
  out_sent_ += bytes;
  if (out_sent_ == out_.size()) {
    if (sent()) proceed();
    return;
  }
  socket_.async_write_some(asio::const_buffer(out_.data() + out_sent_, out_.size() - out_sent_),
                           OnWrite{this});
}

bool Connection::sent() {
  out_.clear();
  if (out_.capacity() > kOutKept) out_.shrink_to_fit();
  parser_.reset();
  wipe_body();
  if (!close_after_) {
    state_ = State::idle;
    return true;
  }
  if (refused_ || body_unread_ || begin_ != end_) {
    linger();
  } else {
    loop_.remove(this);
  }
  return false;
}

// Of the buffer, only what was received of the next request stays.
void Connection::wipe_body() noexcept {
  if (!std::exchange(has_body_, false)) return;
  if (begin_ > head_end_) wipe(buffer_.get() + head_end_, begin_ - head_end_);
  wipe(buffer_.get() + end_, dirty_ - end_);
  dirty_ = end_;
}

void Connection::linger() {
  error_code ignored;
  socket_.shutdown(Socket::shutdown_send, ignored);
  enter(State::lingering);
  begin_ = end_ = 0;
  dirty_ = capacity_;
  read();
}

}  // namespace latchkey::server
