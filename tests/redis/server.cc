#include "tests/redis/server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <thread>

#include "store/redis/wire/command.h"
#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::seconds kServerPatience{20};

// A test program that dies must not leave a server behind.
[[noreturn]] void become(std::vector<std::string> arguments, const std::string& log) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, STDOUT_FILENO);
  ::dup2(fd, STDERR_FILENO);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  ::execvp(pointers[0], pointers.data());
  ::_exit(127);
}

int connect_to(const std::string& path) {
  const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  ::close(fd);
  return -1;
}

redis::Reply read_reply(int fd) {
  redis::ReplyParser parser;
  redis::Reply reply;
  const auto deadline = steady_clock::now() + kServerPatience;
  while (parser.next(reply) == redis::ReplyParser::Status::more) {
    pollfd waiting{fd, POLLIN, 0};
    char bytes[4096];
    if (steady_clock::now() > deadline || ::poll(&waiting, 1, 1000) < 0) break;
    if ((waiting.revents & (POLLIN | POLLHUP)) == 0) continue;
    const ssize_t count = ::read(fd, bytes, sizeof bytes);
    if (count <= 0) return {.kind = redis::Reply::Kind::error, .text = "closed"};
    parser.feed({bytes, static_cast<std::size_t>(count)});
  }
  return reply;
}

}  // namespace

RedisServer::RedisServer(std::vector<std::string> flags) : flags_(std::move(flags)) {
  for (int attempt = 0; attempt < 5; ++attempt) {  // somebody else may take the port meanwhile
    port_ = free_port();
    if (start()) return;
    kill();
  }
}

bool RedisServer::start(bool wait_for_data) {
  const char* another = std::getenv("LATCHKEY_REDIS_SERVER");
  std::vector<std::string> arguments{another != nullptr ? another : "redis-server",
                                     "--port",
                                     std::to_string(port_),
                                     "--bind",
                                     "127.0.0.1",
                                     "--unixsocket",
                                     socket_path(),
                                     "--dir",
                                     directory_.path(),
                                     "--save",
                                     "",
                                     "--appendonly",
                                     "no",
                                     "--loglevel",
                                     "warning",
                                     "--daemonize",
                                     "no"};
  arguments.insert(arguments.end(), flags_.begin(), flags_.end());
  ::unlink(socket_path().c_str());
  pid_ = ::fork();
  if (pid_ == 0) become(std::move(arguments), directory_.path() + "/log");
  const auto deadline = steady_clock::now() + kServerPatience;
  while (steady_clock::now() < deadline) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = -1;
      return false;
    }
    const redis::Reply pong = ask({"PING"});
    if (pong.text == "PONG" || pong.error_starts("NOAUTH")) return true;
    if (!wait_for_data && pong.error_starts("LOADING")) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return false;
}

void RedisServer::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::kill(pid_, SIGCONT);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void RedisServer::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

std::string RedisServer::log() const {
  std::ostringstream text;
  text << std::ifstream(directory_.path() + "/log", std::ios::binary).rdbuf();
  return text.str();
}

RedisOptions RedisServer::options() const {
  RedisOptions options;
  options.addresses.push_back({.path = socket_path()});
  return options;
}

RedisOptions RedisServer::tcp_options() const {
  RedisOptions options;
  options.addresses.push_back({.host = "127.0.0.1", .port = port_});
  return options;
}

redis::Reply RedisServer::ask(const std::vector<std::string>& command) const {
  const int fd = connect_to(socket_path());
  if (fd < 0) return {.kind = redis::Reply::Kind::error, .text = "no connection"};
  std::string bytes;
  redis::append_command(bytes, command);
  std::string_view rest = bytes;
  while (!rest.empty()) {
    const ssize_t sent = ::send(fd, rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent <= 0) break;
    rest.remove_prefix(static_cast<std::size_t>(sent));
  }
  redis::Reply reply = read_reply(fd);
  ::close(fd);
  return reply;
}

RedisServer& shared_redis() {
  static RedisServer server;
  return server;
}

std::string next_prefix() {
  static std::atomic<int> last{0};
  return "t" + std::to_string(++last) + ":";
}

}  // namespace latchkey::testing
