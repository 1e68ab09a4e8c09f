#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "tests/postgres/cluster.h"

namespace latchkey::testing {

// PgBouncer is a pooler before the cluster, in transaction mode unless told otherwise. Two server
// connections for all clients: what belongs to a connection is soon somebody else's.
class PgBouncer {
 public:
  explicit PgBouncer(const std::string& mode = "transaction", int servers = 2) {
    give_away(directory_.path());
    std::ofstream(file("ini")) << "[databases]\npostgres = host=" << cluster().directory()
                               << " port=" << cluster().port()
                               << " user=latchkey dbname=postgres\n[pgbouncer]\nlisten_addr =\n"
                               << "listen_port = 6432\nunix_socket_dir = " << directory_.path()
                               << "\nauth_type = any\npool_mode = " << mode
                               << "\ndefault_pool_size = " << servers
                               << "\nmax_client_conn = 200\nquery_wait_timeout = 5\n";
    daemon_ = std::make_unique<Daemon>(
        std::vector<std::string>{"/usr/sbin/pgbouncer", "-q", file("ini")}, file("log"));
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (PQping(url("").c_str()) != PQPING_OK && std::chrono::steady_clock::now() < late) {
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }

  std::string url(const std::string& more) const {
    std::string host;
    for (const char c : directory_.path()) host += c == '/' ? "%2F" : std::string(1, c);
    return "postgres://latchkey@" + host + ":6432/postgres" + (more.empty() ? "" : "?" + more);
  }

 private:
  std::string file(const std::string& name) const { return directory_.path() + "/" + name; }

  TempDirectory directory_;
  std::unique_ptr<Daemon> daemon_;
};

// pooler returns the one that the tests of this program share.
inline PgBouncer& pooler() {
  static PgBouncer shared;
  return shared;
}

}  // namespace latchkey::testing
