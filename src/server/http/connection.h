#pragma once

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "http/message.h"
#include "http/service.h"
#include "latchkey/time.h"
#include "server/http/peer_shares.h"
#include "server/http/request_parser.h"
#include "server/http/trace.h"

namespace latchkey::server {

// The executor is named, because any_io_executor costs an indirect call and a copy per operation.
using Executor = boost::asio::io_context::executor_type;
using Socket = boost::asio::basic_stream_socket<boost::asio::generic::stream_protocol, Executor>;

class Loop;

// Connection serves one socket on the thread of its loop: read, parse, answer, again. At any moment
// exactly one thing is under way for it (a read, a write, or a task on a worker), and whoever
// finishes that thing decides what is next; so nothing has to be counted or locked.
class Connection {
 public:
  Connection(Loop& loop, Socket socket, std::string peer, PeerShare share);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  // tick closes or refuses the connection when its deadline has passed.
  void tick(Millis now);
  // drain ends the connection soon: after the answer under way, or at the next tick when idle.
  void drain(Millis now);
  // close_socket makes whatever is under way fail.
  void close_socket();

  Connection* next = nullptr;  // of the loop's list
  Connection* previous = nullptr;

 private:
  enum class State { idle, head, body, working, holding, writing, lingering };
  struct OnRead;
  struct OnWrite;

  void enter(State state);
  Millis after(Millis duration) const;  // the deadline of what may take `duration`
  void read();
  void on_read(bool failed, std::size_t bytes);
  void proceed();
  bool advance();
  bool advance_head();
  bool advance_body();
  bool want_more();
  bool make_room();
  bool dispatch();
  bool answer(const http::Response& response);
  void write(const http::Response& response);
  void identify(http::Request& request);
  void count(const http::Response& response);
  void log_answer(int status, std::chrono::nanoseconds took) const;
  void hold(http::Response response);
  bool refuse(int status);
  bool send();
  bool sent();
  void on_write(bool failed, std::size_t bytes);
  void linger();
  void wipe_body() noexcept;
  static void run_on_worker(void* self);
  void on_worker_done();

  Loop& loop_;
  Socket socket_;
  const std::string peer_;
  const PeerShare share_;
  const bool trusted_;  // the peer is a proxy whose word counts
  RequestParser parser_;
  RequestId request_id_;
  std::size_t route_ = 0;                             // of the request under way
  std::chrono::steady_clock::time_point arrived_at_;  // its end
  std::unique_ptr<char[]> buffer_;
  std::size_t capacity_;
  std::size_t begin_ = 0;     // first byte not yet used
  std::size_t end_ = 0;       // behind the last byte received
  std::size_t head_end_ = 0;  // the head of the request under way ends here
  std::size_t dirty_ = 0;     // behind the last byte ever received and not wiped
  State state_ = State::idle;
  Millis deadline_{};
  std::string out_;
  std::size_t out_sent_ = 0;
  std::size_t lingered_ = 0;
  http::Response response_;             // of a worker, or held back
  std::unique_ptr<http::Later> later_;  // what a worker is to finish
  bool expired_ = false;
  bool close_after_ = false;
  bool refused_ = false;
  bool body_unread_ = false;  // the request under way is answered without its body
  bool has_body_ = false;     // the request under way, which may bring a password
};

}  // namespace latchkey::server
