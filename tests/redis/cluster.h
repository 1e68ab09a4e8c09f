#pragma once

#include <memory>
#include <vector>

#include "tests/redis/certificate.h"
#include "tests/redis/server.h"

namespace latchkey::testing {

// RedisCluster is three primaries that share the slots, and maybe a replica of each.
class RedisCluster {
 public:
  struct Options {
    bool replicas = false;
    const Certificate* tls = nullptr;  // beside the plain ports, and between the nodes
    std::vector<std::string> flags{};  // of every node
  };
  RedisCluster() : RedisCluster(Options{}) {}
  explicit RedisCluster(const Options& options);

  // ready waits until every node says that the cluster works; false when it does not come to that.
  bool ready();
  // replicated waits until every replica has what its primary has now; false when it does not come
  // to that. Replication is asynchronous.
  bool replicated();
  void empty();  // of every key
  RedisServer& node(std::size_t number) { return *nodes_[number]; }
  RedisServer& replica_of(std::size_t number) { return *nodes_[number + kPrimaries]; }
  RedisOptions options() const;
  std::uint16_t tls_port(std::size_t number) const { return tls_ports_[number]; }
  // announce has the cluster tell clients that come without TLS other ports of its primaries, and
  // returns once every node knows them; false when it does not come to that.
  bool announce(const std::vector<std::uint16_t>& ports);
  // owner returns the number of the node that serves `slot`; of six nodes the one that does now.
  std::size_t owner(int slot);
  // migrate moves a slot with its keys to another node, in the steps of an operator's tool.
  struct Migration {
    int slot = 0;
    std::size_t from = 0;
    std::size_t to = 0;
  };
  void begin(const Migration& migration);
  void move_keys(const Migration& migration);
  void finish(const Migration& migration);

  static constexpr std::size_t kPrimaries = 3;

 private:
  std::string id_of(std::size_t number) { return node(number).ask({"CLUSTER", "MYID"}).text; }

  std::vector<std::unique_ptr<RedisServer>> nodes_;
  std::vector<std::uint16_t> tls_ports_;
  std::vector<std::uint16_t> announced_;
};

// shared_cluster is one cluster for all tests of a program that do not break it.
RedisCluster& shared_cluster();

}  // namespace latchkey::testing
