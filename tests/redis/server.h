#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "latchkey/redis.h"
#include "store/redis/wire/reply.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {

// RedisServer is a redis-server of its own, or the program that LATCHKEY_REDIS_SERVER names, on a
// free port of loopback and a unix socket. It keeps nothing on disk unless told to, and is killed
// when this dies.
class RedisServer {
 public:
  explicit RedisServer(std::vector<std::string> flags = {});
  ~RedisServer() { kill(); }
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  // start runs it, again on the same port; false when it does not come up. It returns once the
  // data of before is loaded, unless it is not to be waited for.
  bool start(bool wait_for_data = true);
  void kill();
  void signal(int number) const;
  std::uint16_t port() const noexcept { return port_; }
  std::string socket_path() const { return directory_.path() + "/redis.sock"; }
  std::string log() const;
  RedisOptions options() const;  // over the unix socket
  RedisOptions tcp_options() const;

  // ask sends one command over a connection of its own, and waits for at most 20 s.
  redis::Reply ask(const std::vector<std::string>& command) const;

 private:
  TempDirectory directory_;
  std::vector<std::string> flags_;
  std::uint16_t port_ = 0;
  pid_t pid_ = -1;
};

// shared_redis is one server for all tests of a program that need none of their own; each takes a
// prefix from next_prefix.
RedisServer& shared_redis();
std::string next_prefix();

}  // namespace latchkey::testing
