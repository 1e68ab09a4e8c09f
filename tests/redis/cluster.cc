#include "tests/redis/cluster.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <thread>

#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kPatience{60};
constexpr int kSlots = 16384;

// holds waits until `condition` holds, for a while.
template <class Condition>
bool holds(Condition condition) {
  const auto deadline = steady_clock::now() + kPatience;
  while (!condition()) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  return true;
}

// offset_of reads how much of the stream of writes a node has.
std::uint64_t offset_of(const RedisServer& node, std::string_view field) {
  const std::string info = node.ask({"INFO", "replication"}).text;
  const std::size_t at = info.find(field);
  std::uint64_t offset = 0;
  if (at != std::string::npos) {
    std::from_chars(info.data() + at + field.size(), info.data() + info.size(), offset);
  }
  return offset;
}

}  // namespace

RedisCluster::RedisCluster(const Options& options) {
  std::vector<std::uint16_t> buses;
  for (std::size_t i = 0; i < (options.replicas ? 2 * kPrimaries : kPrimaries); ++i) {
    buses.push_back(free_port());
    std::vector<std::string> flags{"--cluster-enabled",
                                   "yes",
                                   "--cluster-port",
                                   std::to_string(buses.back()),
                                   "--cluster-node-timeout",
                                   "1000",
                                   "--repl-diskless-sync-delay",
                                   "0"};
    flags.insert(flags.end(), options.flags.begin(), options.flags.end());
    if (options.tls != nullptr) {
      tls_ports_.push_back(free_port());
      const auto tls = options.tls->flags(tls_ports_.back());
      flags.insert(flags.end(), tls.begin(), tls.end());
      flags.insert(flags.end(), {"--tls-cluster", "yes"});
    }
    nodes_.push_back(std::make_unique<RedisServer>(flags));
    announced_.push_back(node(i).port());
    node(i).ask({"CLUSTER", "SET-CONFIG-EPOCH", std::to_string(i + 1)});
  }
  for (std::size_t i = 0; i < kPrimaries; ++i) {
    const auto first = static_cast<int>(i) * kSlots / static_cast<int>(kPrimaries);
    const auto next = static_cast<int>(i + 1) * kSlots / static_cast<int>(kPrimaries);
    node(i).ask({"CLUSTER", "ADDSLOTSRANGE", std::to_string(first), std::to_string(next - 1)});
  }
  for (std::size_t i = 1; i < nodes_.size(); ++i) {
    node(0).ask(
        {"CLUSTER", "MEET", "127.0.0.1", std::to_string(node(i).port()), std::to_string(buses[i])});
  }
  for (std::size_t i = kPrimaries; i < nodes_.size(); ++i) {
    const std::string primary = id_of(i - kPrimaries);
    holds([&] { return node(i).ask({"CLUSTER", "REPLICATE", primary}).text == "OK"; });
  }
}

bool RedisCluster::ready() {
  const std::string known = "cluster_known_nodes:" + std::to_string(nodes_.size()) + "\r\n";
  return holds([&] {
    for (const auto& node : nodes_) {
      const std::string info = node->ask({"CLUSTER", "INFO"}).text;
      if (info.find("cluster_state:ok") == std::string::npos ||
          info.find(known) == std::string::npos) {
        return false;
      }
    }
    for (std::size_t i = kPrimaries; i < nodes_.size(); ++i) {
      if (node(i).ask({"INFO", "replication"}).text.find("master_link_status:up") ==
          std::string::npos) {
        return false;
      }
    }
    return true;
  });
}

bool RedisCluster::replicated() {
  for (std::size_t i = 0; i < kPrimaries; ++i) {
    const std::uint64_t wanted = offset_of(node(i), "master_repl_offset:");
    if (wanted == 0 ||
        !holds([&] { return offset_of(replica_of(i), "slave_repl_offset:") >= wanted; })) {
      return false;
    }
  }
  return true;
}

void RedisCluster::empty() {
  for (const auto& node : nodes_) node->ask({"FLUSHALL"});
}

RedisOptions RedisCluster::options() const {
  RedisOptions options;
  options.cluster = true;
  for (const auto& node : nodes_) {
    options.addresses.push_back({.host = "127.0.0.1", .port = node->port()});
  }
  return options;
}

std::size_t RedisCluster::owner(int slot) {
  const redis::Reply slots = node(0).ask({"CLUSTER", "SLOTS"});
  for (const redis::Reply& range : slots.elements) {
    if (slot < range.elements[0].integer || slot > range.elements[1].integer) continue;
    const std::int64_t port = range.elements[2].elements[1].integer;
    for (std::size_t i = 0; i < nodes_.size(); ++i) {
      if (announced_[i] == port) return i;
    }
  }
  return nodes_.size();
}

bool RedisCluster::announce(const std::vector<std::uint16_t>& ports) {
  for (std::size_t i = 0; i < kPrimaries; ++i) {
    std::vector<std::string> set{"CONFIG", "SET", "cluster-announce-port",
                                 std::to_string(ports[i])};
    // Until 7.2 the one counts only beside the other.
    if (!tls_ports_.empty()) {
      set.insert(set.end(), {"cluster-announce-tls-port", std::to_string(tls_ports_[i])});
    }
    node(i).ask(set);
    announced_[i] = ports[i];
  }
  return holds([&] {
    for (std::size_t i = 0; i < kPrimaries; ++i) {
      const redis::Reply slots = node(i).ask({"CLUSTER", "SLOTS"});
      for (const redis::Reply& range : slots.elements) {
        const std::int64_t port = range.elements[2].elements[1].integer;
        if (std::find(ports.begin(), ports.end(), port) == ports.end()) return false;
      }
    }
    return true;
  });
}

void RedisCluster::begin(const Migration& migration) {
  const std::string slot = std::to_string(migration.slot);
  node(migration.to).ask({"CLUSTER", "SETSLOT", slot, "IMPORTING", id_of(migration.from)});
  node(migration.from).ask({"CLUSTER", "SETSLOT", slot, "MIGRATING", id_of(migration.to)});
}

void RedisCluster::move_keys(const Migration& migration) {
  const std::string slot = std::to_string(migration.slot);
  for (;;) {
    const redis::Reply keys = node(migration.from).ask({"CLUSTER", "GETKEYSINSLOT", slot, "100"});
    if (keys.elements.empty()) return;
    std::vector<std::string> command{
        "MIGRATE", "127.0.0.1", std::to_string(node(migration.to).port()), "", "0", "5000", "KEYS"};
    for (const redis::Reply& key : keys.elements) command.push_back(key.text);
    node(migration.from).ask(command);
  }
}

void RedisCluster::finish(const Migration& migration) {
  const std::string target = id_of(migration.to), slot = std::to_string(migration.slot);
  for (const std::size_t number : {migration.to, migration.from}) {
    node(number).ask({"CLUSTER", "SETSLOT", slot, "NODE", target});
  }
}

RedisCluster& shared_cluster() {
  static RedisCluster cluster;
  return cluster;
}

}  // namespace latchkey::testing
