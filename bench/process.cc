#include "bench/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "bench/harness.h"

namespace latchkey::bench {
namespace {

void pin_to(int core) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(core), &set);
  // With one core there is nothing to separate; the measurement is CPU time all the same.
  if (sysconf(_SC_NPROCESSORS_ONLN) > core) sched_setaffinity(0, sizeof set, &set);
}

}  // namespace

Process::Process(const std::vector<std::string>& words, int core, const std::string& log) {
  int ends[2];
  check(pipe2(ends, O_CLOEXEC) == 0, "pipe");
  pid_ = fork();
  check(pid_ >= 0, "fork");
  if (pid_ == 0) {
    pin_to(core);
    prctl(PR_SET_PDEATHSIG, SIGTERM);  // a benchmark that fails leaves nothing behind
    dup2(ends[1], STDOUT_FILENO);
    const int errors = open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (errors >= 0) dup2(errors, STDERR_FILENO);
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    execvp(arguments[0], arguments.data());
    _exit(127);
  }
  close(ends[1]);
  output_ = ends[0];
}

Process::~Process() {
  if (pid_ > 0) {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  close(output_);
}

std::string Process::first_line_with(const std::string& word) {
  std::string line;
  for (char c; read(output_, &c, 1) == 1;) {
    if (c != '\n') {
      line += c;
      continue;
    }
    if (line.find(word) != std::string::npos) return line;
    line.clear();
  }
  check(false, "a program ended before it said \"" + word + "\"");
  return {};
}

std::string Process::everything() {
  std::string text;
  char buffer[4096];
  for (ssize_t got; (got = read(output_, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(got));
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  pid_ = -1;
  check(WIFEXITED(status) && WEXITSTATUS(status) == 0, "a program failed: " + text);
  return text;
}

double Process::cpu_seconds() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/stat");
  std::string line;
  std::getline(file, line);
  std::istringstream fields(line.substr(line.rfind(')') + 2));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double Process::resident_megabytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("VmRSS:")) return std::stod(line.substr(6)) / 1024;
  }
  check(false, "no VmRSS");
  return 0;
}

std::string http_exchange(int port, const std::string& request) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  check(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0, "connect");
  check(write(fd, request.data(), request.size()) == static_cast<ssize_t>(request.size()), "write");
  std::string answer;
  char buffer[4096];
  for (ssize_t got; (got = read(fd, buffer, sizeof buffer)) > 0;) {
    answer.append(buffer, static_cast<std::size_t>(got));
  }
  close(fd);
  return answer;
}

}  // namespace latchkey::bench
