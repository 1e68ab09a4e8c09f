#include "store/redis/wire/connection.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <charconv>
#include <utility>

#include "base/log.h"
#include "latchkey/entropy.h"
#include "store/redis/wire/command.h"
#include "store/redis/wire/errors.h"

namespace latchkey::redis {
namespace {

namespace asio = boost::asio;
using std::chrono::steady_clock;

constexpr Millis kTick{100};
constexpr Millis kFirstPause{50};
constexpr Millis kLongestPause{2000};
constexpr char kTlsAlert = 0x15;  // begins what a server that speaks TLS answers to plain text

// Nodes that lost one engine together should not come back together.
Millis jittered(Millis pause) {
  std::uint8_t byte = 0;
  if (!system_entropy().fill({&byte, 1})) return pause;
  return pause - pause * byte / 512;
}

Error unreachable(const std::string& why) {
  return Error{Errc::store_unavailable, "Redis cannot be reached: " + why};
}

Error no_tls(const boost::system::error_code& ec) {
  if (ec.message().find("certificate verify failed") != std::string::npos) {
    return unreachable(ec.message() +
                       ": its certificate is of another name, or of an authority that is not "
                       "trusted: use the name it is for, and name the authority with ca_file=FILE");
  }
  return unreachable("no TLS came about (" + ec.message() +
                     "): does this port speak TLS? For one that does not, use redis://");
}

Error speaks_tls() { return unreachable("this port speaks TLS: use rediss://"); }

Error no_greeting(const std::string& why) {
  return unreachable("it hung up at the greeting (" + why +
                     "): does this port speak TLS? Then use rediss://");
}

// field returns the text under `name` in a map.
std::string_view field(const Reply& map, std::string_view name) {
  for (std::size_t i = 0; i + 1 < map.elements.size(); i += 2) {
    if (map.elements[i].text == name) return map.elements[i + 1].text;
  }
  return {};
}

Result<void> check_server(const Reply& hello, bool cluster) {
  constexpr int kLeast = 7;
  const std::string_view version = field(hello, "version");
  int major = 0;
  std::from_chars(version.data(), version.data() + version.size(), major);
  if (major < kLeast) {
    return Error{Errc::bad_config, "Redis " + std::string{version.substr(0, 16)} +
                                       " is too old: 7.0 or later is needed"};
  }
  if ((field(hello, "mode") == "cluster") != cluster) {
    return Error{Errc::bad_config, cluster ? "this Redis is no cluster: use redis:// or rediss://"
                                           : "this Redis is a cluster: use redis+cluster:// or "
                                             "rediss+cluster://"};
  }
  // A replica may not know yet that a session has ended. One of a cluster sends to its primary.
  if (!cluster && field(hello, "role") != "master") {
    return Error{Errc::store_unavailable, "this Redis is a replica: connect to its primary"};
  }
  return {};
}

}  // namespace

Connection::Connection(asio::io_context& io, ConnectionOptions options, ConnectionEvents& events)
    : io_(io),
      options_(std::move(options)),
      events_(events),
      login_(options_.login),
      ticker_(io),
      pause_timer_(io) {}

void Connection::start() {
  open();
  tick();
}

void Connection::close() {
  if (state_ == State::closed) return;
  state_ = State::closed;
  ticker_.cancel();
  pause_timer_.cancel();
  drop(Error{Errc::store_unavailable, "the store is closed"});
}

void Connection::submit(ExchangePtr exchange) {
  Error refusal{Errc::store_unavailable, {}};
  {
    const MutexLock lock(mutex_);
    if (accepting_) {
      incoming_.push_back(std::move(exchange));
      if (scheduled_) return;
      scheduled_ = true;
    } else {
      refusal = refusal_;
    }
  }
  if (exchange) return exchange->fail(std::move(refusal));
  asio::post(io_, [self = shared_from_this()] { self->flush(); });
}

void Connection::open() {
  state_ = State::opening;
  parser_ = ReplyParser{};
  alive_ = steady_clock::now();
  transport_ = std::make_shared<Transport>(io_, options_.tls ? options_.tls->context() : nullptr);
  transport_->connect(
      options_.address,
      [this, mine = transport_.get()] {
        if (transport_.get() == mine) state_ = State::securing;
      },
      [self = shared_from_this(), mine = transport_.get()](const ErrorCode& ec) {
        if (self->transport_.get() != mine) return;
        if (ec && self->state_ == State::securing) return self->drop(no_tls(ec));
        if (ec) return self->drop(unreachable(ec.message()));
        self->greet();
      });
}

void Connection::greet() {
  state_ = State::greeting;
  if (options_.login_source) {
    // Somebody may just be replacing the file it reads: then the login of before goes on.
    if (Result<RedisLogin> now = options_.login_source()) login_ = *std::move(now);
  }
  std::vector<std::string> hello{"HELLO", "3"};
  if (!login_.password.empty()) {
    hello.insert(hello.end(),
                 {"AUTH", login_.user.empty() ? "default" : login_.user, login_.password});
  }
  hello.insert(hello.end(), {"SETNAME", "latchkey"});
  append_command(outbox_, hello);
  greetings_ = 2;
  if (options_.database != 0) {
    append_command(outbox_, std::vector<std::string>{"SELECT", std::to_string(options_.database)});
    ++greetings_;
  }
  // Not NOLOOP: an own write uses up what the engine remembers of this node's look-ups, too.
  append_command(outbox_, std::vector<std::string>{"CLIENT", "TRACKING", "ON", "OPTOUT"});
  write();
  read();
}

void Connection::on_greeting(const Reply& reply) {
  if (reply.kind == Reply::Kind::error) return drop(to_error(reply));
  if (reply.is_array()) {
    if (Result<void> fine = check_server(reply, options_.cluster); !fine) {
      return drop(fine.error());
    }
  }
  if (--greetings_ == 0) on_ready();
}

void Connection::on_ready() {
  state_ = State::ready;
  looked_at_ = alive_;
  up_ = true;
  pause_ = Millis{0};
  set_accepting(true, {Errc::store_unavailable, {}});
  for (const ExchangePtr& exchange : std::exchange(waiting_, {})) send(exchange);
}

void Connection::read() {
  transport_->read_some(
      input_.data(), input_.size(),
      [self = shared_from_this(), mine = transport_.get()](const ErrorCode& ec, std::size_t count) {
        if (self->transport_.get() == mine) self->on_read(ec, count);
      });
}

void Connection::on_read(const ErrorCode& ec, std::size_t count) {
  if (ec && state_ == State::greeting) return drop(no_greeting(ec.message()));
  if (ec) return drop(unreachable(ec.message()));
  alive_ = steady_clock::now();
  heard_at_ = alive_;
  if (state_ == State::greeting && input_[0] == kTlsAlert) return drop(speaks_tls());
  parser_.feed({input_.data(), count});
  const Transport* mine = transport_.get();
  Reply reply;
  for (;;) {
    const ReplyParser::Status status = parser_.next(reply);
    if (status == ReplyParser::Status::more) return read();
    if (status == ReplyParser::Status::bad) {
      return drop(unreachable("what answers there does not speak RESP3"));
    }
    on_reply(std::move(reply));
    if (transport_.get() != mine) return;
  }
}

void Connection::on_reply(Reply reply) {
  if (reply.kind == Reply::Kind::push) return events_.on_push(reply);
  if (state_ == State::greeting) return on_greeting(reply);
  if (in_flight_.empty()) return drop(unreachable("it answered what was not asked"));
  if (in_flight_.front() == sign_) {
    sign_.reset();
    if (reply.is_array()) {
      if (Result<void> fine = check_server(reply, options_.cluster); !fine) {
        return drop(fine.error());
      }
    }
  }
  if (!in_flight_.front()->add(std::move(reply))) return;
  if (in_flight_.front().get() == timed_) {
    lag_ = std::chrono::duration_cast<std::chrono::microseconds>(alive_ - timed_at_).count();
    timed_ = nullptr;
  }
  in_flight_.pop_front();
}

void Connection::flush() {
  std::vector<ExchangePtr> taken;
  {
    const MutexLock lock(mutex_);
    taken.swap(incoming_);
    scheduled_ = false;
  }
  for (ExchangePtr& exchange : taken) {
    if (state_ == State::ready) {
      send(exchange);
    } else {
      waiting_.push_back(std::move(exchange));
    }
  }
}

void Connection::send(const ExchangePtr& exchange) {
  if (in_flight_.empty()) alive_ = steady_clock::now();
  exchange->mark_sent();
  if (timed_ == nullptr) {
    timed_ = exchange.get();
    timed_at_ = steady_clock::now();
  }
  in_flight_.push_back(exchange);
  outbox_ += exchange->commands();
  write();
}

void Connection::write() {
  if (writing_ || outbox_.empty()) return;
  writing_ = true;
  sending_.clear();
  sending_.swap(outbox_);
  transport_->write(sending_, [self = shared_from_this(), mine = transport_.get()](
                                  const ErrorCode& ec, std::size_t) {
    if (self->transport_.get() != mine) return;
    self->writing_ = false;
    // Whoever hangs up at the greeting may have said why: what is read tells it.
    if (ec && self->state_ == State::greeting) return;
    if (ec) return self->drop(unreachable(ec.message()));
    self->write();
  });
}

Error Connection::why_late() const {
  switch (state_.load()) {
    case State::opening:
      return unreachable("no connection within the time for it: check host, port and network");
    case State::securing:
      return unreachable(
          "it took the connection and gives no answer to TLS: does this port speak TLS? For one "
          "that does not, use redis://");
    case State::greeting:
      return unreachable(
          "it took the connection and does not answer: is that the port of Redis? If it speaks "
          "TLS, use rediss://");
    default:
      return Error{Errc::store_unavailable, "Redis did not answer in time: is it overloaded?"};
  }
}

// The answer to HELLO tells whether this is a primary still, which is asked under load, too.
void Connection::look() {
  std::string command;
  append_command(command, options_.cluster ? std::vector<std::string>{"PING"}
                                           : std::vector<std::string>{"HELLO", "3"});
  sign_ = std::make_shared<Exchange>(std::move(command), 1);
  looked_at_ = steady_clock::now();
  send(sign_);
}

void Connection::tick() {
  if (state_ == State::closed) return;
  const auto now = steady_clock::now();
  const auto quiet = now - alive_;
  const bool connecting = state_ != State::ready && state_ != State::pausing;
  if (connecting && quiet > options_.connect_timeout) {
    drop(why_late());
  } else if (state_ == State::ready && !in_flight_.empty() && quiet > kLostAfter) {
    drop(unreachable("it gives no sign of life"));
  } else if (state_ == State::ready && !sign_ && now - looked_at_ > kLookEvery) {
    look();
  }
  ticker_.expires_after(kTick);
  ticker_.async_wait([self = shared_from_this()](const ErrorCode& ec) {
    if (!ec) self->tick();
  });
}

void Connection::drop(Error error) {
  const bool was_ready = state_ == State::ready;
  up_ = false;
  if (transport_) transport_->close();
  transport_.reset();
  outbox_.clear();
  writing_ = false;
  timed_ = nullptr;
  sign_.reset();
  if (was_ready) {
    log(LogLevel::warn, "redis_lost", {{"detail", error.detail}});
    events_.on_lost();
  }
  // Of what was sent nobody knows whether it was done; what waits may still be sent elsewhere.
  for (const ExchangePtr& exchange : std::exchange(in_flight_, {})) exchange->fail(error);
  if (was_ready) return open();
  set_accepting(false, error);
  flush();
  for (const ExchangePtr& exchange : std::exchange(waiting_, {})) exchange->fail(error);
  if (state_ != State::closed) pause();
}

void Connection::pause() {
  state_ = State::pausing;
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  pause_timer_.expires_after(jittered(pause_));
  pause_timer_.async_wait([self = shared_from_this()](const ErrorCode& ec) {
    if (!ec && self->state_ == State::pausing) self->open();
  });
}

void Connection::set_accepting(bool accepting, const Error& error) {
  const MutexLock lock(mutex_);
  accepting_ = accepting;
  refusal_ = error;
}

}  // namespace latchkey::redis
