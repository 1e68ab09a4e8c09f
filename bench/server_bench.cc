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

// start_nginx runs one worker of nginx with `servers` in its block `http`.
std::unique_ptr<Process> start_nginx(const Options& options, const std::string& name,
                                     const std::string& servers) {
  const std::string prefix = std::filesystem::absolute(options.directory + "/" + name).string();
  std::filesystem::create_directories(prefix + "/logs");
  std::ofstream(prefix + "/page") << "a page";
  std::ofstream(prefix + "/nginx.conf")
      << "daemon off; master_process off; worker_processes 1; pid nginx.pid; error_log error.log;\n"
         "events { worker_connections 1024; }\n"
         "http { access_log off; keepalive_requests 1000000000;\n"
         "  client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;\n"
         "  uwsgi_temp_path t4; scgi_temp_path t5;\n"
      << servers << "}\n";
  auto nginx = std::make_unique<Process>(
      std::vector<std::string>{"nginx", "-p", prefix, "-c", prefix + "/nginx.conf", "-e",
                               prefix + "/error.log"},
      kServerCore, prefix + "/stderr.log");
  usleep(300'000);  // nginx says nothing when it is ready
  return nginx;
}

std::string answers_204(int port) {
  return "  server { listen 127.0.0.1:" + std::to_string(port) + "; location / { return 204; } }\n";
}

// asks_first guards a page by auth_request, as docs/proxies/nginx.md does. Whatever `return` says
// would come before that, so the page is a file.
std::string asks_first(int port, int verifier) {
  const std::string number = std::to_string(verifier);
  return "  upstream verifier" + number + " { server 127.0.0.1:" + number +
         "; keepalive 64; keepalive_requests 1000000000; }\n"
         "  server { listen 127.0.0.1:" +
         std::to_string(port) +
         "; root .;\n"
         "    location / { auth_request /verify; auth_request_set $user "
         "$upstream_http_x_session_user;\n"
         "      add_header X-User $user; try_files /page =404; }\n"
         "    location = /verify { internal; proxy_pass http://verifier" +
         number +
         "/v1/verify/nginx;\n"
         "      proxy_http_version 1.1; proxy_set_header Connection \"\";\n"
         "      proxy_pass_request_body off; proxy_set_header Content-Length \"\";\n"
         "      proxy_set_header X-Original-URL $scheme://$host$request_uri;\n"
         "      proxy_set_header X-Original-Method $request_method; } }\n";
}

// Target is what the load asks for.
struct Target {
  int port = 0;
  std::string path;
  std::vector<std::string> headers;
};

// load returns how many requests were answered in `seconds`; any answer but 2xx ends the program.
double load(const Options& options, const Target& target, int seconds) {
  std::vector<std::string> words{"wrk", "-t1", "-c64", "-d" + std::to_string(seconds) + "s"};
  for (const std::string& header : target.headers) words.insert(words.end(), {"-H", header});
  words.push_back("http://127.0.0.1:" + std::to_string(target.port) + target.path);
  Process wrk(words, kLoadCore, options.directory + "/wrk.log");
  const std::string text = wrk.everything();
  check(text.find("Non-2xx") == std::string::npos, "wrk saw errors: " + text);
  const std::size_t at = text.find(" requests in ");
  check(at != std::string::npos, "wrk: " + text);
  return std::stod(text.substr(text.rfind('\n', at) + 1));
}

// Side is a target and the programs whose CPU time its requests take.
struct Side {
  Target target;
  std::vector<Process*> programs;
};

double cpu_seconds(const Side& side) {
  double all = 0;
  for (const Process* program : side.programs) all += program->cpu_seconds();
  return all;
}

double cpu_of_a_request(const Options& options, const Side& side) {
  const double before = cpu_seconds(side);
  const double requests = load(options, side.target, 2);
  return (cpu_seconds(side) - before) * 1e9 / requests;
}

Entry compare_requests(const std::string& name, const Options& options, const Side& subject,
                       const Side& limit) {
  load(options, subject.target, 1);
  load(options, limit.target, 1);
  std::vector<std::pair<double, double>> pairs;
  for (int i = 0; i < options.pairs; ++i) {
    double ours = 0;
    if (i % 2 == 0) ours = cpu_of_a_request(options, subject);
    const double bare = cpu_of_a_request(options, limit);
    if (i % 2 == 1) ours = cpu_of_a_request(options, subject);
    pairs.emplace_back(ours, bare);
    progress("pair " + std::to_string(i + 1) + " of " + std::to_string(options.pairs) + ": " +
             std::to_string(ours) + " ns against " + std::to_string(bare) + " ns");
  }
  return summarise(name, std::move(pairs));
}

// browser_cookies is a Cookie header as browsers send it: ours among ten others.
std::string browser_cookies(const std::string& cookie) {
  std::string line = "Cookie: _ga=GA1.1.1390157206.1732950000; _ga_9XK4Q8ZL2M=GS1.1.1732950000.3.1";
  line += "; theme=dark; locale=de-DE; consent=eyJhbmFseXRpY3MiOnRydWUsImFkcyI6ZmFsc2V9; ";
  line += cookie;
  line += "; cart=5f0c9a7e3b1d4c2a8e6f; _fbp=fb.1.1732950000123.1029384756; sidebar=collapsed";
  line += "; tz=Europe%2FBerlin; ab_bucket=17";
  return line;
}

Entry http_session(const Options& options) {
  Server server(options);
  const std::vector<std::string> headers{"Cookie: " + server.sign_up()};
  const auto nginx = start_nginx(options, "nginx", answers_204(kNginxPort));
  Entry entry = compare_requests("http_session", options,
                                 {{server.port(), "/v1/session", headers}, {&server.process()}},
                                 {{kNginxPort, "/v1/session", headers}, {nginx.get()}});
  entry.budget = 1.25;
  return entry;
}

Entry http_verify(const Options& options) {
  Server server(options);
  const std::vector<std::string> headers{browser_cookies(server.sign_up()),
                                         "X-Original-URL: https://app.example.com/page?a=b",
                                         "X-Original-Method: GET"};
  const auto nginx = start_nginx(options, "nginx", answers_204(kNginxPort));
  Entry entry = compare_requests(
      "http_verify", options, {{server.port(), "/v1/verify/nginx", headers}, {&server.process()}},
      {{kNginxPort, "/v1/verify/nginx", headers}, {nginx.get()}});
  entry.budget = 1.25;
  return entry;
}

Entry http_verify_nginx(const Options& options) {
  Server server(options);
  const std::vector<std::string> headers{browser_cookies(server.sign_up())};
  const auto allowing = start_nginx(options, "nginx", answers_204(kNginxPort));
  const auto proxy = start_nginx(
      options, "nginx_proxy",
      asks_first(kNginxPort + 1, server.port()) + asks_first(kNginxPort + 2, kNginxPort));
  return compare_requests("http_verify_nginx", options,
                          {{kNginxPort + 1, "/page", headers}, {proxy.get(), &server.process()}},
                          {{kNginxPort + 2, "/page", headers}, {proxy.get(), allowing.get()}});
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
      {"http_verify",
       "GET /v1/verify/nginx with a browser's eleven cookies; limit: nginx return 204",
       http_verify},
      {"http_verify_nginx",
       "a page behind auth_request, CPU of nginx and of who it asks; limit: it asks nginx return "
       "204",
       http_verify_nginx},
      {"server_idle_rss", "resident memory of latchkey serve after one sign-up", server_idle_rss}};
}

}  // namespace latchkey::bench
