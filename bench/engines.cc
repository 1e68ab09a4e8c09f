#include "bench/engines.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace latchkey::bench {
namespace {

constexpr int kEngineCore = 1;

// run executes a command that ends, and returns what it printed.
std::string run(const std::vector<std::string>& words, const std::string& log) {
  Process process(words, kEngineCore, log);
  return process.everything();
}

bool is_free(int port) {
  const int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool free = bind(probe, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
  close(probe);
  return free;
}

// Below the ephemeral ports; a cluster's nodes also listen 10,000 above.
int free_port() {
  static int next = 18500;
  for (; next < 19000; ++next) {
    if (is_free(next) && is_free(next + 10'000)) return next++;
  }
  check(false, "no free port from 18500 to 18999");
  return 0;
}

std::string fresh_folder(const Options& options, const std::string& name) {
  const std::string folder = std::filesystem::absolute(options.directory + "/" + name).string();
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  return folder;
}

class RedisServer {
 public:
  RedisServer(const std::string& folder, bool cluster) : port_(free_port()) {
    std::vector<std::string> words = {"redis-server",
                                      "--port",
                                      std::to_string(port_),
                                      "--bind",
                                      "127.0.0.1",
                                      "--dir",
                                      folder,
                                      "--save",
                                      "",
                                      "--appendonly",
                                      "yes",
                                      "--appendfsync",
                                      "everysec",
                                      "--cluster-enabled",
                                      cluster ? "yes" : "no"};
    process_ = std::make_unique<Process>(words, kEngineCore, folder + "/errors");
    process_->first_line_with("Ready to accept connections");
  }
  int port() const { return port_; }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int port_;
  std::unique_ptr<Process> process_;
};

class Redis final : public Engine {
 public:
  explicit Redis(const Options& options) : server_(fresh_folder(options, "redis"), false) {}
  std::string url() const override { return "redis://" + server_.address(); }

 private:
  RedisServer server_;
};

class RedisCluster final : public Engine {
 public:
  explicit RedisCluster(const Options& options) {
    const std::string folder = fresh_folder(options, "redis_cluster");
    std::vector<std::string> create = {"redis-cli", "--cluster", "create"};
    for (int i = 0; i < 3; ++i) {
      const std::string own = folder + "/" + std::to_string(i);
      std::filesystem::create_directories(own);
      servers_.push_back(std::make_unique<RedisServer>(own, true));
      create.push_back(servers_.back()->address());
    }
    create.push_back("--cluster-yes");
    run(create, folder + "/create");
    for (const auto& server : servers_) {
      int tries = 0;
      while (run({"redis-cli", "-p", std::to_string(server->port()), "CLUSTER", "INFO"},
                 folder + "/info")
                 .find("cluster_state:ok") == std::string::npos) {
        check(++tries < 100, "the cluster did not form");
        usleep(100'000);
      }
    }
  }
  std::string url() const override {
    std::string addresses;
    for (const auto& server : servers_) {
      addresses.append(addresses.empty() ? "" : ",").append(server->address());
    }
    return "redis+cluster://" + addresses;
  }

 private:
  std::vector<std::unique_ptr<RedisServer>> servers_;
};

bool holds(const std::filesystem::path& file, const std::string& text) {
  std::ifstream in(file);
  const std::string all{std::istreambuf_iterator<char>(in), {}};
  return all.find(text) != std::string::npos;
}

std::filesystem::path temporary_folder(const char* name) {
  std::string folder = std::filesystem::temp_directory_path() / name;
  check(mkdtemp(folder.data()) != nullptr, "no temporary folder");
  return folder;
}

std::string postgres_program(const std::string& name) {
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
    const auto program = version.path() / "bin" / name;
    if (std::filesystem::exists(program)) return program.string();
  }
  check(false, "there is no " + name + ": install postgresql");
  return {};
}

// The server refuses to be root, so it runs as the package's user, in a folder that user can reach.
class Postgres final : public Engine {
 public:
  Postgres() : folder_(temporary_folder("latchkey-bench-postgres-XXXXXX")) {
    const std::string data = folder_ / "data";
    if (geteuid() == 0) run({"chown", "postgres:postgres", folder_}, "/dev/null");
    run(as_user({postgres_program("initdb"), "-D", data, "-U", "latchkey", "-E", "UTF8",
                 "--locale=C", "--auth=trust"}),
        "/dev/null");
    server_ = std::make_unique<Process>(
        as_user({postgres_program("postgres"), "-D", data, "-k", folder_, "-c",
                 "listen_addresses=", "-c", "max_connections=200", "-c", "shared_buffers=128MB"}),
        kEngineCore, folder_ / "errors");
    int tries = 0;
    while (!holds(folder_ / "errors", "ready to accept connections")) {
      check(++tries < 200, "PostgreSQL did not start");
      usleep(50'000);
    }
  }
  ~Postgres() override {
    server_.reset();
    std::filesystem::remove_all(folder_);
  }
  std::string url() const override {
    std::string host;
    for (const char c : folder_.string()) host += c == '/' ? "%2F" : std::string(1, c);
    return "postgres://latchkey@" + host + "/postgres";
  }

 private:
  static std::vector<std::string> as_user(std::vector<std::string> words) {
    if (geteuid() != 0) return words;
    words.insert(words.begin(), {"setpriv", "--reuid=postgres", "--regid=postgres",
                                 "--clear-groups", "--pdeathsig=TERM"});
    return words;
  }

  const std::filesystem::path folder_;
  std::unique_ptr<Process> server_;
};

}  // namespace

std::unique_ptr<Engine> start_redis(const Options& options) {
  return std::make_unique<Redis>(options);
}
std::unique_ptr<Engine> start_redis_cluster(const Options& options) {
  return std::make_unique<RedisCluster>(options);
}
std::unique_ptr<Engine> start_postgres(const Options&) { return std::make_unique<Postgres>(); }

}  // namespace latchkey::bench
