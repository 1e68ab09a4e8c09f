// No password stays in the memory of the running program. Built without sanitizers only: they keep
// freed memory, and replace what wipes it.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

// Memory is what a process may write to, as /proc/PID/mem shows it.
class Memory {
 public:
  explicit Memory(pid_t pid) : pid_(pid) {}
  // count tells how often `needle` is in it; nothing when it cannot be read.
  std::optional<std::size_t> count(const std::string& needle) const {
    const int fd = ::open(("/proc/" + std::to_string(pid_) + "/mem").c_str(), O_RDONLY);
    if (fd < 0) return std::nullopt;
    std::size_t found = 0;
    std::ifstream maps("/proc/" + std::to_string(pid_) + "/maps");
    for (std::string line; std::getline(maps, line);) {
      unsigned long from = 0;
      unsigned long to = 0;
      char mode[5] = "";
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, mode) != 3 || mode[1] != 'w')
        continue;
      found += count(fd, from, to - from, needle);
    }
    ::close(fd);
    return found;
  }

 private:
  static std::size_t count(int fd, unsigned long from, std::size_t size,
                           const std::string& needle) {
    constexpr std::size_t kPiece = 1 << 20;
    std::string piece;
    std::size_t found = 0;
    for (std::size_t at = 0; at < size; at += kPiece) {
      piece.resize(std::min(kPiece + needle.size() - 1, size - at));
      const ssize_t got = ::pread(fd, piece.data(), piece.size(), static_cast<off_t>(from + at));
      if (got <= 0) continue;
      piece.resize(static_cast<std::size_t>(got));
      for (std::size_t hit = piece.find(needle); hit != std::string::npos;
           hit = piece.find(needle, hit + 1)) {
        ++found;
      }
    }
    return found;
  }
  pid_t pid_;
};

std::string credentials(const std::string& user, const std::string& password) {
  return R"({"username":")" + user + R"(","password":")" + password + R"("})";
}

std::string form_text(const std::string& path, const std::string& body, const std::string& origin) {
  return "POST " + path + " HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: " + origin +
         "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string chunked_text(const std::string& path, const std::vector<std::string>& pieces) {
  std::ostringstream text;
  text << "POST " << path << " HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
       << "Transfer-Encoding: chunked\r\n\r\n";
  for (const std::string& piece : pieces) {
    text << std::hex << piece.size() << "\r\n" << piece << "\r\n";
  }
  text << "0\r\n\r\n";
  return text.str();
}

class WipedPasswords : public ::testing::Test {
 protected:
  WipedPasswords() : server_(directory_.path() + "/data", {"--threads", "1"}) {}

  // new_password returns one that is nowhere else; every one begins with the canary.
  std::string new_password(std::size_t size = 30) {
    std::string password = kCanary + std::to_string(1000 + ++passwords_);
    return password.append(size - std::min(size, password.size()), 'z');
  }
  int send(const std::string& request) {
    auto answer = client().answer_to(request);
    return answer ? answer->status : 0;
  }
  struct Asker : RawClient {
    using RawClient::RawClient;
    std::optional<RawAnswer> answer_to(const std::string& request) {
      return RawClient::send(request) ? answer() : std::nullopt;
    }
  };
  Asker client() const { return Asker(server_.port()); }
  int post(const std::string& path, const std::string& json, const std::string& cookie = {}) {
    const auto answer = server_.ask("POST", path, cookie, json);
    return answer ? answer->status : 0;
  }

  const std::string kCanary = std::string("cAnArY-") + "q7x-";
  TempDirectory directory_;
  Server server_;
  int passwords_ = 0;
};

// What came with a request is wiped when it is answered, or a moment later when it was not. The
// text looked for is shorter than any password, so that pieces are found, too.
TEST_F(WipedPasswords, L1R80NoCopyStaysInMemory) {
  ASSERT_TRUE(server_.ready()) << server_.program().errors();
  const Memory memory(server_.program().pid());
  if (!memory.count("x")) GTEST_SKIP() << "needs root to look into another process";

  const std::string first = new_password();
  const auto signed_up = server_.ask("POST", "/v1/signup", "", credentials("ann", first));
  ASSERT_EQ(signed_up ? signed_up->status : 0, 201);
  EXPECT_EQ(post("/v1/login", credentials("ann", first)), 200);
  EXPECT_EQ(post("/v1/login", credentials("ann", new_password())), 401);
  EXPECT_EQ(post("/v1/login", credentials("nobody", new_password())), 401);
  EXPECT_EQ(post("/v1/signup", credentials("short", new_password(15))), 201) << "a short string";
  EXPECT_EQ(post("/v1/signup", credentials("long", new_password(1000))), 201);
  EXPECT_EQ(post("/v1/signup", credentials("bytes", new_password(1025))), 400) << "too long";
  EXPECT_EQ(post("/v1/signup", credentials("escape", "\\u0063" + new_password().substr(1))), 201);
  EXPECT_EQ(post("/v1/login", credentials("ann", new_password()) + ","), 400) << "no JSON";
  EXPECT_EQ(post("/v1/login", R"({"password":")" + new_password() + R"(","username":7})"), 400);
  EXPECT_EQ(post("/v1/login", R"({"a":[[")" + new_password() + R"("]],"username":"x"})"), 400);
  const std::string second = new_password();
  EXPECT_EQ(post("/v1/password",
                 R"({"current_password":")" + first + R"(","new_password":")" + second + "\"}",
                 cookie_of(*signed_up)),
            204);
  EXPECT_EQ(send(form_text("/login", "username=ann&password=" + second, "same-origin")), 303);
  EXPECT_EQ(send(form_text("/login", "username=ann&password=%63" + new_password().substr(1),
                           "same-origin")),
            401);
  EXPECT_EQ(send(form_text("/signup", "username=b&password=" + new_password() + "%", "none")), 400);
  EXPECT_EQ(send(form_text("/login", "username=b&password=" + new_password(), "cross-site")), 403);
  EXPECT_EQ(send(form_text("/v1/login", "username=b&password=" + new_password(), "none")), 415);
  EXPECT_EQ(send(form_text("/nowhere", "password=" + new_password(), "none")), 404);
  const std::string json = credentials("ann", new_password(200));
  EXPECT_EQ(
      send(chunked_text("/v1/login", {json.substr(0, 40), json.substr(40, 50), json.substr(90)})),
      401);
  EXPECT_EQ(post("/v1/login", credentials("ann", new_password(100'000))), 413);
  {
    Asker two = client();
    const std::string one =
        request_text("POST", "/v1/login", "", credentials("ann", new_password()));
    EXPECT_TRUE(two.send(one + one));
    EXPECT_EQ(two.answer()->status, 401);
    EXPECT_EQ(two.answer()->status, 401);
    EXPECT_EQ(memory.count(kCanary), 0U) << "while the connection is open";
  }
  {
    Asker cut = client();
    const std::string whole =
        request_text("POST", "/v1/login", "", credentials("a", new_password()));
    EXPECT_TRUE(cut.send(whole.substr(0, whole.size() - 2)));
    EXPECT_EQ(send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"), 200);
  }
  // The last connection ends when its loop notices.
  for (int i = 0; i < 100 && memory.count(kCanary) != 0U; ++i) {
    send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n");
  }
  EXPECT_EQ(memory.count(kCanary), 0U);
}

}  // namespace
}  // namespace latchkey::testing
