#include "tests/server/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace latchkey::testing {
namespace {

std::string read_file(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void redirect(const std::string& path, int given, int target) {
  if (given == Program::Start::kClosed) {
    ::close(target);
    return;
  }
  if (given >= 0) {
    ::dup2(given, target);
    return;
  }
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(fd, target);
  ::close(fd);
}

[[noreturn]] void become(const Program::Start& start, const std::string& files) {
  redirect(files + "/out", start.output_fd, STDOUT_FILENO);
  redirect(start.errors_to.empty() ? files + "/err" : start.errors_to, start.errors_fd,
           STDERR_FILENO);
  for (const auto& [name, value] : start.environment) ::setenv(name.c_str(), value.c_str(), 1);
  if (start.pass_fd >= 0) {
    ::dup2(start.pass_fd, 3);
    ::setenv("LISTEN_FDS", "1", 1);
    ::setenv("LISTEN_PID", std::to_string(::getpid()).c_str(), 1);
  }
  if (start.open_files != 0) {
    const rlimit limit{start.open_files, start.open_files};
    ::setrlimit(RLIMIT_NOFILE, &limit);
  }
  // Opened before: another user may not get into the folder it lies in.
  const int program = ::open(LATCHKEY_PROGRAM, O_RDONLY | O_CLOEXEC);
  if (start.uid != 0 && ::setuid(static_cast<uid_t>(start.uid)) != 0) ::_exit(126);
  std::vector<char*> arguments;
  std::string name = LATCHKEY_PROGRAM;
  arguments.push_back(name.data());
  std::vector<std::string> copies = start.arguments;
  for (std::string& argument : copies) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  ::fexecve(program, arguments.data(), environ);
  ::_exit(127);
}

Program::Start serve(const std::string& data, std::vector<std::string> flags,
                     Program::Start start) {
  start.arguments = {"serve", "--data", data};
  const auto add_unless_given = [&](const char* flag, const char* value) {
    if (std::find(flags.begin(), flags.end(), flag) != flags.end()) return;
    start.arguments.insert(start.arguments.end(), {flag, value});
  };
  add_unless_given("--listen", "127.0.0.1:0");
  add_unless_given("--threads", "2");
  start.arguments.insert(start.arguments.end(), flags.begin(), flags.end());
  return start;
}

}  // namespace

Program::Program(const Start& start) {
  pid_ = ::fork();
  if (pid_ == 0) become(start, files_.path());
}

Program::~Program() {
  if (pid_ > 0 && !exit_code_) {
    signal(SIGKILL);
    wait();
  }
}

void Program::signal(int number) const {
  if (pid_ > 0 && !exit_code_) ::kill(pid_, number);
}

int Program::wait() {
  if (!exit_code_) {
    int status = 0;
    ::waitpid(pid_, &status, 0);
    exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  return *exit_code_;
}

bool Program::running() {
  if (exit_code_) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return false;
}

bool Program::wait_for_output(const std::string& text) {
  return wait_for(text, [this] { return output(); });
}

bool Program::wait_for_errors(const std::string& text) {
  return wait_for(text, [this] { return errors(); });
}

bool Program::wait_for(const std::string& text, const std::function<std::string()>& written) {
  while (written().find(text) == std::string::npos) {
    if (!running()) return written().find(text) != std::string::npos;
    ::usleep(5000);
  }
  return true;
}

std::string Program::output() const { return read_file(files_.path() + "/out"); }
std::string Program::errors() const { return read_file(files_.path() + "/err"); }

Server::Server(const std::string& data, std::vector<std::string> flags, Program::Start start)
    : program_(serve(data, std::move(flags), std::move(start))) {
  if (!program_.wait_for_output("is ready: ")) return;
  const std::string output = program_.output();
  const std::string url = "http://localhost:";
  const std::size_t at = output.find(url);
  if (at == std::string::npos) return;
  port_ = static_cast<std::uint16_t>(std::stoi(output.substr(at + url.size())));
}

std::optional<RawAnswer> Server::ask(const std::string& method, const std::string& path,
                                     const std::string& cookie, const std::string& json) const {
  RawClient c = client();
  if (!c.connected() || !c.send(request_text(method, path, cookie, json))) return std::nullopt;
  return c.answer(method == "HEAD");
}

bool becomes_ready(const Server& server, int expected) {
  constexpr int kTries = 2000;
  for (int i = 0; i < kTries; ++i) {
    const auto answer = server.ask("GET", "/readyz");
    if (answer && answer->status == expected) return true;
    ::usleep(10'000);
  }
  return false;
}

std::string request_text(const std::string& method, const std::string& path,
                         const std::string& cookie, const std::string& json) {
  std::string text = method + " " + path + " HTTP/1.1\r\nHost: localhost\r\n";
  if (!cookie.empty()) text += "Cookie: " + cookie + "\r\n";
  if (!json.empty()) {
    text +=
        "Content-Type: application/json\r\nContent-Length: " + std::to_string(json.size()) + "\r\n";
  }
  return text + "\r\n" + json;
}

std::string cookie_of(const RawAnswer& answer) {
  const auto written = answer.header("Set-Cookie");
  return written ? written->substr(0, written->find(';')) : std::string{};
}

std::string json_text(const std::string& body, const std::string& name, const std::string& after) {
  const std::string start = "\"" + name + "\":\"";
  const std::size_t at = body.find(start, after.empty() ? 0 : body.find(after));
  if (at == std::string::npos) return {};
  return body.substr(at + start.size(), body.find('"', at + start.size()) - at - start.size());
}

std::string metrics_of(Server& server, const std::string& target) {
  if (!server.program().wait_for_errors("metrics_started")) return "";
  const std::string port = json_text(server.program().errors(), "port", "metrics_started");
  if (port.empty()) return "";
  RawClient client(static_cast<std::uint16_t>(std::stoi(port)));
  if (!client.send(request_text("GET", target))) return "";
  const auto answer = client.answer();
  return answer ? std::to_string(answer->status) + "\n" + answer->body : "";
}

}  // namespace latchkey::testing
