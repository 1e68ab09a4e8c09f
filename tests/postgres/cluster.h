#pragma once

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace latchkey::testing {

// Daemon is a foreign program of a test. It runs as a user without rights when the test is root's,
// and dies with the test program.
class Daemon {
 public:
  // `log` receives its outputs.
  Daemon(const std::vector<std::string>& command, const std::string& log);
  ~Daemon() { stop(9); }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;

  // stop sends a signal and waits for the end.
  void stop(int signal);
  void signal(int number) const;
  pid_t pid() const noexcept { return pid_; }
  bool running();
  // wait returns the exit code.
  int wait();

 private:
  pid_t pid_ = -1;
};

// Cluster is a PostgreSQL server in a scratch directory that listens on a Unix socket and on a
// loopback port. The role `latchkey` is trusted, `pw_ann` needs a password.
class Cluster {
 public:
  Cluster();
  // A standby of a server that runs; it takes over once promote was called.
  struct StandbyOf {
    const Cluster& primary;
  };
  explicit Cluster(StandbyOf of);
  ~Cluster() { stop(); }
  Cluster(const Cluster&) = delete;
  Cluster& operator=(const Cluster&) = delete;

  bool start();  // false: it did not begin to answer within 30 s; a second time on the same port
  void stop();   // as a crash does: nothing is written any more
  void kill();   // every process at once, without a word to anybody
  bool promote();
  // make_synchronous returns once commits wait until a standby has them on disk.
  bool make_synchronous() const;

  // pause stops every process of the server where it is; pause_backends those that the condition on
  // pg_stat_activity chooses, once there are any. False: there were none within 20 s. resume lets
  // all of them go on.
  void pause();
  bool pause_backends(const std::string& condition);
  void resume();

  const std::string& directory() const noexcept { return directory_.path(); }
  std::string log() const;

  std::uint16_t port() const noexcept { return port_; }
  std::string certificate() const { return directory() + "/server.crt"; }  // of localhost

  // url leads to the Unix socket, as the superuser `latchkey`.
  std::string url(const std::string& more = {}) const;
  // new_schema_url never gives the same schema twice.
  std::string new_schema_url(const std::string& more = {});
  std::string tcp_url(const std::string& host, std::uint16_t port,
                      const std::string& more = {}) const;
  // run executes SQL and returns the first column of the answer, a line for each row; "error: "
  // and what the server says when it fails.
  std::string run(const std::string& sql) const;

 private:
  void make_certificate() const;

  TempDirectory directory_;
  std::unique_ptr<Daemon> server_;
  std::vector<pid_t> paused_;
  int schemas_ = 0;
  std::uint16_t port_ = 0;
};

// cluster returns the server that the tests of this program share; it is started at the first call.
Cluster& cluster();

// schema_in returns the parameter `schema` of a URL.
inline std::string schema_in(const std::string& url) {
  const std::size_t at = url.find("schema=") + 7;
  return url.substr(at, url.find('&', at) - at);
}

// give_away makes a directory the property of the user that a Daemon runs as.
void give_away(const std::string& path);

}  // namespace latchkey::testing
