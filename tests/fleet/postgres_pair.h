#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/postgres/cluster.h"
#include "tests/support/proxy.h"

namespace latchkey::testing {

// PostgresPair is a primary with a synchronous standby, and an address before them that leads to
// the primary until it is told otherwise.
struct PostgresPair {
  PostgresPair() {
    EXPECT_TRUE(standby.start()) << standby.log();
    EXPECT_TRUE(primary.make_synchronous()) << primary.log();
  }
  std::string url() const { return primary.tcp_url("127.0.0.1", proxy.port()); }

  static Cluster& started(Cluster& server) {
    EXPECT_TRUE(server.start()) << server.log();
    return server;
  }

  Cluster primary;
  Cluster standby{Cluster::StandbyOf{started(primary)}};
  Proxy proxy{primary.port()};
};

}  // namespace latchkey::testing
