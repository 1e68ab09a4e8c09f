#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "bench/harness.h"
#include "bench/process.h"

namespace latchkey::bench {
namespace {

constexpr int kServerCore = 0;
constexpr int kLoadCore = 1;
constexpr int kNginxPort = 18481;  // below the ephemeral ports

int port_of(const std::string& line) {
  const std::size_t scheme = line.find("http://");
  check(scheme != std::string::npos, "the server printed no address: " + line);
  return std::stoi(line.substr(line.find(':', scheme + 7) + 1));
}

// A `latchkey serve` with an empty data directory of its own.
class Server {
 public:
  explicit Server(const Options& options) : data_(options.directory + "/server_data") {
    std::filesystem::remove_all(data_);
    process_ = std::make_unique<Process>(
        std::vector<std::string>{options.program, "serve", "--listen", "127.0.0.1:0", "--data",
                                 data_, "--threads", "1"},
        kServerCore, options.directory + "/server.log");
    port_ = port_of(process_->first_line_with("http://"));
  }
  ~Server() {
    process_.reset();
    std::filesystem::remove_all(data_);
  }
  Process& process() { return *process_; }
  int port() const { return port_; }

  // sign_up returns the Cookie header of a new user.
  std::string sign_up() {
    const std::string body = R"({"username":"bench","password":"a password for the benchmark"})";
    const std::string answer =
        http_exchange(port_,
                      "POST /v1/signup HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                      "Content-Type: application/json\r\nContent-Length: " +
                          std::to_string(body.size()) + "\r\n\r\n" + body);
    check(answer.starts_with("HTTP/1.1 201"), "sign-up failed: " + answer.substr(0, 200));
    const std::size_t start = answer.find("Set-Cookie: ");
    check(start != std::string::npos, "sign-up set no cookie");
    return answer.substr(start + 12, answer.find(';', start) - start - 12);
  }

 private:
  std::string data_;
  std::unique_ptr<Process> process_;
  int port_ = 0;
};

std::unique_ptr<Process> start_nginx(const Options& options) {
  const std::string prefix = std::filesystem::absolute(options.directory + "/nginx").string();
  std::filesystem::create_directories(prefix + "/logs");
  std::ofstream(prefix + "/nginx.conf")
      << "daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log error.log;\n"
         "events { worker_connections 1024; }\n"
         "http { access_log off; keepalive_requests 1000000000;\n"
         "  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;\n"
         "  uwsgi_temp_path t4; scgi_temp_path t5;\n"
         "  server { listen 127.0.0.1:"
      << kNginxPort << "; location / { return 204; } } }\n";
  auto nginx = std::make_unique<Process>(
      std::vector<std::string>{"nginx", "-p", prefix, "-c", prefix + "/nginx.conf", "-e",
                               prefix + "/error.log"},
      kServerCore, prefix + "/stderr.log");
  usleep(300'000);  // nginx says nothing when it is ready
  return nginx;
}

// load returns how many requests were answered in `seconds`; any answer but 2xx ends the program.
double load(const Options& options, int port, const std::string& cookie, int seconds) {
  Process wrk({"wrk", "-t1", "-c64", "-d" + std::to_string(seconds) + "s", "-H",
               "Cookie: " + cookie, "http://127.0.0.1:" + std::to_string(port) + "/v1/session"},
              kLoadCore, options.directory + "/wrk.log");
  const std::string text = wrk.everything();
  check(text.find("Non-2xx") == std::string::npos, "wrk saw errors: " + text);
  const std::size_t at = text.find(" requests in ");
  check(at != std::string::npos, "wrk: " + text);
  return std::stod(text.substr(text.rfind('\n', at) + 1));
}

double cpu_of_a_request(const Options& options, Process& server, int port,
                        const std::string& cookie) {
  const double before = server.cpu_seconds();
  const double requests = load(options, port, cookie, 2);
  return (server.cpu_seconds() - before) * 1e9 / requests;
}

Entry http_session(const Options& options) {
  Server server(options);
  const std::string cookie = server.sign_up();
  const auto nginx = start_nginx(options);
  load(options, server.port(), cookie, 1);
  load(options, kNginxPort, cookie, 1);
  std::vector<std::pair<double, double>> pairs;
  for (int i = 0; i < options.pairs; ++i) {
    double ours = 0;
    if (i % 2 == 0) ours = cpu_of_a_request(options, server.process(), server.port(), cookie);
    const double limit = cpu_of_a_request(options, *nginx, kNginxPort, cookie);
    if (i % 2 == 1) ours = cpu_of_a_request(options, server.process(), server.port(), cookie);
    pairs.emplace_back(ours, limit);
    progress("pair " + std::to_string(i + 1) + " of " + std::to_string(options.pairs) + ": " +
             std::to_string(ours) + " ns against " + std::to_string(limit) + " ns");
  }
  Entry entry = summarise("http_session", std::move(pairs));
  entry.budget = 1.25;
  return entry;
}

Entry server_idle_rss(const Options& options) {
  Server server(options);
  server.sign_up();
  usleep(500'000);
  Entry entry;
  entry.name = "server_idle_rss";
  entry.value = server.process().resident_megabytes();
  entry.unit = "MB";
  entry.budget = 20;
  return entry;
}

}  // namespace

std::vector<Named> server_benchmarks() {
  return {
      {"http_session",
       "GET /v1/session with a valid cookie, server CPU a request; limit: nginx return 204",
       http_session},
      {"server_idle_rss", "resident memory of latchkey serve after one sign-up", server_idle_rss}};
}

}  // namespace latchkey::bench
