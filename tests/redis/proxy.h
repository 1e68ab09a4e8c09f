#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

namespace latchkey::testing {

// Proxy stands between a client and a server on loopback, and is as bad a network as a test asks
// for. Connections are carried by one thread; what is asked for holds for those that are open, too.
class Proxy {
 public:
  explicit Proxy(std::uint16_t target);
  ~Proxy();
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  std::uint16_t port() const noexcept { return port_; }
  // set_delay holds everything back for that long, in each direction.
  void set_delay(std::chrono::milliseconds delay) noexcept { delay_ = delay.count(); }
  // set_black_hole passes on nothing until it is over, and accepts connections. Nothing is left out
  // of a connection, which TCP never does.
  void set_black_hole(bool on) noexcept { black_hole_ = on; }
  // reset_all ends every open connection with a reset.
  void reset_all() noexcept { ++resets_; }
  // reset_after passes on that many bytes of answers and then resets the connection, once.
  void reset_after(std::int64_t bytes) noexcept { reset_after_ = bytes; }
  int accepted() const noexcept { return accepted_; }

 private:
  struct Pipe;
  void carry();
  bool carry_one(Pipe& pipe, bool answers);
  void accept_one();

  int listener_ = -1;
  std::uint16_t port_ = 0;
  std::uint16_t target_ = 0;
  std::atomic<bool> stop_{false};
  std::atomic<bool> black_hole_{false};
  std::atomic<std::int64_t> delay_{0};
  std::atomic<int> resets_{0};
  std::atomic<std::int64_t> reset_after_{-1};
  std::atomic<int> accepted_{0};
  std::vector<Pipe> pipes_;
  std::thread thread_;
};

}  // namespace latchkey::testing
