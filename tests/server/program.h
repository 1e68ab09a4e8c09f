#pragma once

#include <sys/types.h>

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "tests/support/raw_client.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {

// Program runs the latchkey program with its outputs in files. It is killed when this dies.
class Program {
 public:
  struct Start {
    std::vector<std::string> arguments{};
    std::map<std::string, std::string> environment{};
    std::uint64_t open_files = 0;  // RLIMIT_NOFILE; 0: as it is
    int uid = 0;                   // 0: as it is
    std::string errors_to{};       // where standard error goes instead of errors()
    int errors_fd = -1;            // an open file for it, such as a pipe; kClosed: none
    int output_fd = -1;            // likewise for standard output
    int pass_fd = -1;              // a socket that is passed as systemd does
    static constexpr int kClosed = -2;
  };
  explicit Program(const Start& start);
  ~Program();
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;

  pid_t pid() const noexcept { return pid_; }
  void signal(int number) const;
  // wait returns the exit code, or minus the number of the signal that killed it.
  int wait();
  bool running();
  // wait_for_errors returns once standard error, which a thread of the program writes, holds
  // `text`; false when the program ended before.
  bool wait_for_errors(const std::string& text);
  // wait_for_output returns once standard output holds `text`; false when the program ended before.
  bool wait_for_output(const std::string& text);
  std::string output() const;
  std::string errors() const;

 private:
  bool wait_for(const std::string& text, const std::function<std::string()>& written);

  TempDirectory files_;
  pid_t pid_ = -1;
  std::optional<int> exit_code_;
};

// Server is `latchkey serve` on a free port and a data directory that outlives it.
class Server {
 public:
  explicit Server(const std::string& data, std::vector<std::string> flags = {},
                  Program::Start start = {});

  bool ready() const noexcept { return port_ != 0; }
  std::uint16_t port() const noexcept { return port_; }
  Program& program() noexcept { return program_; }
  RawClient client() const { return RawClient(port_); }
  // ask sends one request on a connection of its own.
  std::optional<RawAnswer> ask(const std::string& method, const std::string& path,
                               const std::string& cookie = {}, const std::string& json = {}) const;
  std::string cookie_name() const { return "session-" + std::to_string(port_); }

 private:
  Program program_;
  std::uint16_t port_ = 0;
};

// becomes_ready asks /readyz until it answers `expected`, for a while: it tells of a store that
// fails only after some time.
bool becomes_ready(const Server& server, int expected);

// request_text writes a request as curl would.
std::string request_text(const std::string& method, const std::string& path,
                         const std::string& cookie = {}, const std::string& json = {});
// metrics_of returns status and body of what `metrics.listen` answers; empty when it does not.
std::string metrics_of(Server& server, const std::string& target = "/metrics");
// cookie_of returns name=value of the answer's Set-Cookie; empty when there is none.
std::string cookie_of(const RawAnswer& answer);
// json_text returns the text member `name` that stands first behind `after`; enough for the answers
// here.
std::string json_text(const std::string& body, const std::string& name,
                      const std::string& after = {});

}  // namespace latchkey::testing
