#include "tests/postgres/cluster.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

namespace fs = std::filesystem;

// PostgreSQL refuses to run as root.
const passwd* plain_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* user = ::getpwnam("postgres");
  return user != nullptr ? user : ::getpwnam("nobody");
}

[[noreturn]] void become(const std::vector<std::string>& command, const std::string& log,
                         const passwd* user) {
  const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  const int in = ::open("/dev/null", O_RDONLY);
  ::dup2(in, STDIN_FILENO);
  ::dup2(out, STDOUT_FILENO);
  ::dup2(out, STDERR_FILENO);
  if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 ||
                          ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);
  ::setenv("LC_ALL", "C", 1);
  std::vector<std::string> copies = command;
  std::vector<char*> arguments;
  for (std::string& argument : copies) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

// program returns the path of a server program of the newest PostgreSQL there is.
std::string program(const std::string& name) {
  std::vector<std::string> found;
  std::error_code ignored;
  for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
    const fs::path path = version.path() / "bin" / name;
    if (fs::exists(path)) found.push_back(path);
  }
  std::sort(found.begin(), found.end());
  return found.empty() ? name : found.back();
}

}  // namespace

void give_away(const std::string& path) {
  if (const passwd* user = plain_user()) {
    EXPECT_EQ(::chown(path.c_str(), user->pw_uid, user->pw_gid), 0);
  }
}

Daemon::Daemon(const std::vector<std::string>& command, const std::string& log) {
  const passwd* user = plain_user();
  pid_ = ::fork();
  if (pid_ == 0) become(command, log, user);
}

void Daemon::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Daemon::stop(int number) {
  signal(number);
  wait();
}

bool Daemon::running() {
  if (pid_ > 0 && ::waitpid(pid_, nullptr, WNOHANG) != 0) pid_ = -1;
  return pid_ > 0;
}

int Daemon::wait() {
  int status = -1;
  if (pid_ > 0) ::waitpid(pid_, &status, 0);
  pid_ = -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

Cluster::Cluster() {
  give_away(directory());
  Daemon initdb({program("initdb"), "-D", directory() + "/data", "-U", "latchkey", "-E", "UTF8",
                 "--locale=C", "--auth=trust", "--no-sync"},
                directory() + "/log");
  EXPECT_EQ(initdb.wait(), 0) << "is the package postgresql installed? " << log();
  make_certificate();
  const std::string rules = directory() + "/data/pg_hba.conf";
  const std::string trusted = read_file(rules);
  std::ofstream(rules) << "local all pw_ann scram-sha-256\n" << trusted;
}

Cluster::Cluster(StandbyOf of) {
  give_away(directory());
  Daemon copy(
      {program("pg_basebackup"), "-D", directory() + "/data", "-h", of.primary.directory(), "-p",
       std::to_string(of.primary.port()), "-U", "latchkey", "-c", "fast", "--no-sync", "-R"},
      directory() + "/log");
  EXPECT_EQ(copy.wait(), 0) << log();
  make_certificate();
}

void Cluster::make_certificate() const {
  Daemon openssl(
      {"/usr/bin/openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
       "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout",
       directory() + "/server.key", "-out", certificate()},
      directory() + "/log");
  EXPECT_EQ(openssl.wait(), 0) << log();
  fs::permissions(directory() + "/server.key", fs::perms::owner_read);
}

bool Cluster::start() {
  const bool again = port_ != 0;
  // The port may be taken between the look and the start.
  for (int tries = 0; tries < 3; ++tries) {
    if (!again) port_ = free_port();
    server_ = std::make_unique<Daemon>(
        std::vector<std::string>{
            program("postgres"), "-D", directory() + "/data", "-k", directory(), "-p",
            std::to_string(port_), "-c", "listen_addresses=127.0.0.1", "-c",
            // A killed server loses nothing without it, a machine would.
            std::getenv("LATCHKEY_FULL") != nullptr ? "fsync=on" : "fsync=off", "-c",
            "max_connections=200", "-c", "shared_buffers=16MB", "-c", "ssl=on", "-c",
            "ssl_cert_file=" + certificate(), "-c", "ssl_key_file=" + directory() + "/server.key"},
        directory() + "/log");
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (server_->running() && std::chrono::steady_clock::now() < late) {
      if (PQping(url().c_str()) == PQPING_OK) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds{20});
    }
  }
  return false;
}

void Cluster::pause() {
  if (server_ == nullptr || !server_->running()) return;
  const std::string id = std::to_string(server_->pid());
  server_->signal(SIGSTOP);  // first, so that it makes no more of them
  paused_.push_back(server_->pid());
  std::istringstream children(read_file("/proc/" + id + "/task/" + id + "/children"));
  for (pid_t child = 0; children >> child;) {
    ::kill(child, SIGSTOP);
    paused_.push_back(child);
  }
}

bool Cluster::pause_backends(const std::string& condition) {
  const std::string query =
      "SELECT pid FROM pg_stat_activity WHERE " + condition + " AND pid<>pg_backend_pid()";
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  std::string chosen;
  while ((chosen = run(query)).empty() && std::chrono::steady_clock::now() < late) {
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  std::istringstream backends(chosen);
  for (pid_t backend = 0; backends >> backend;) {
    ::kill(backend, SIGSTOP);
    paused_.push_back(backend);
  }
  return !chosen.empty();
}

void Cluster::resume() {
  for (const pid_t process : paused_) ::kill(process, SIGCONT);
  paused_.clear();
}

void Cluster::stop() {
  resume();  // a process that was stopped does not end
  if (server_ != nullptr) server_->stop(SIGQUIT);
  server_.reset();
}

void Cluster::kill() {
  pause();  // so that none makes another, nor tells a client
  for (const pid_t process : paused_) ::kill(process, SIGKILL);
  if (server_ != nullptr) server_->wait();
  for (const pid_t process : paused_) {  // what is left of one whose parent is gone has no command
    while (!read_file("/proc/" + std::to_string(process) + "/cmdline").empty()) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }
  paused_.clear();
  server_.reset();
}

bool Cluster::promote() { return run("SELECT pg_promote()") == "t"; }

bool Cluster::make_synchronous() const {
  run("ALTER SYSTEM SET synchronous_standby_names='*'");
  run("SELECT pg_reload_conf()");
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (run("SELECT sync_state FROM pg_stat_replication") != "sync") {
    if (std::chrono::steady_clock::now() > late) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  return true;
}

std::string Cluster::log() const { return read_file(directory() + "/log"); }

std::string Cluster::url(const std::string& more) const {
  std::string host;
  for (const char c : directory()) host += c == '/' ? "%2F" : std::string(1, c);
  return "postgres://latchkey@" + host + ":" + std::to_string(port_) + "/postgres" +
         (more.empty() ? "" : "?" + more);
}

std::string Cluster::tcp_url(const std::string& host, std::uint16_t port,
                             const std::string& more) const {
  return "postgres://latchkey@" + host + ":" + std::to_string(port) + "/postgres" +
         (more.empty() ? "" : "?" + more);
}

std::string Cluster::new_schema_url(const std::string& more) {
  return url("schema=s" + std::to_string(++schemas_) + (more.empty() ? "" : "&" + more));
}

std::string Cluster::run(const std::string& sql) const {
  PGconn* connection = PQconnectdb(url().c_str());
  PGresult* result = PQexec(connection, sql.c_str());
  std::string out;
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    out = std::string("error: ") + PQerrorMessage(connection);
  }
  for (int row = 0; row < PQntuples(result); ++row) {
    out.append(out.empty() ? "" : "\n").append(PQgetvalue(result, row, 0));
  }
  PQclear(result);
  PQfinish(connection);
  return out;
}

Cluster& cluster() {
  static Cluster shared;
  static const bool started = shared.start();
  EXPECT_TRUE(started) << shared.log();
  return shared;
}

}  // namespace latchkey::testing
