// What of a running server other processes could see: its memory, environment, arguments, files.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <sstream>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#elif defined(__has_feature)
constexpr bool kSanitized = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
constexpr bool kSanitized = false;
#endif

std::string proc(pid_t pid, const std::string& name) {
  std::ostringstream text;
  text << std::ifstream("/proc/" + std::to_string(pid) + "/" + name, std::ios::binary).rdbuf();
  return text.str();
}

// Memory is what a process may write to, as /proc/PID/mem shows it.
class Memory {
 public:
  explicit Memory(pid_t pid) : pid_(pid) {}
  // count tells how often `needle` is in it; nothing when it cannot be read.
  std::optional<std::size_t> count(const std::string& needle) const {
    const int fd = ::open(("/proc/" + std::to_string(pid_) + "/mem").c_str(), O_RDONLY);
    if (fd < 0) return std::nullopt;
    std::size_t found = 0;
    std::istringstream maps(proc(pid_, "maps"));
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

class Passwords : public ::testing::Test {
 protected:
  Passwords() : server_(directory_.path() + "/data", {"--threads", "1"}) {}

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
TEST_F(Passwords, L1R80NoCopyStaysInMemory) {
  if (kSanitized) GTEST_SKIP() << "sanitizers keep freed memory";
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

TEST(Privacy, L1R125ItsMemoryIsForNobodyAndLeavesNoCore) {
  const TempDirectory directory;
  Server server(directory.path() + "/data");
  ASSERT_TRUE(server.ready());
  const std::string limits = proc(server.program().pid(), "limits");
  const std::size_t core = limits.find("Max core file size");
  ASSERT_NE(core, std::string::npos);
  std::istringstream words(limits.substr(core + 18));
  std::string soft;
  std::string hard;
  words >> soft >> hard;
  EXPECT_EQ(soft + " " + hard, "0 0");
  // The kernel gives the files in /proc of what cannot be dumped to root.
  struct stat status {};
  const std::string mem = "/proc/" + std::to_string(server.program().pid()) + "/mem";
  ASSERT_EQ(::stat(mem.c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
  if (::geteuid() != 0) {
    EXPECT_EQ(::open(mem.c_str(), O_RDONLY), -1);
    EXPECT_EQ(errno, EACCES);
  }
}

TEST(Privacy, L2R125SecretsAreGoneFromEnvironmentAndArguments) {
  const TempDirectory directory;
  const std::string secret = "Zk3uYy0v1mQ8rTq5oW7xP2nL9sD4fGhJ6aBcE+i/RtU=";
  Server server(directory.path() + "/data",
                {"--carrier", "sealed", "--set", "keys.source=environment", "--set",
                 "takeover.lucia_cookie=postgres://app:pAssWoRd@h/d"},
                {.environment = {{"LATCHKEY_SECRET", secret}, {"SESSION_SECRET", secret + "x"}}});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string environment = proc(server.program().pid(), "environ");
  if (environment.empty()) GTEST_SKIP() << "needs root to look into another process";
  EXPECT_NE(environment.find("LATCHKEY_SECRET="), std::string::npos);
  EXPECT_EQ(environment.find(secret.substr(0, 10)), std::string::npos);
  const std::string arguments = proc(server.program().pid(), "cmdline");
  EXPECT_EQ(arguments.find("pAssWoRd"), std::string::npos);
  EXPECT_NE(arguments.find("postgres://app:********@h/d"), std::string::npos);
  const auto made =
      server.ask("POST", "/v1/signup", "", credentials("ann", "a long enough password"));
  ASSERT_EQ(made ? made->status : 0, 201) << "the keys are known all the same";
  EXPECT_EQ(server.ask("GET", "/v1/session", cookie_of(*made))->status, 200);
}

class OpenDirectory : public ::testing::Test {
 protected:
  std::string refusal() const {
    Program program({.arguments = {"serve", "--listen", "127.0.0.1:0", "--data", data_}});
    EXPECT_NE(program.wait(), 0);
    return program.errors();
  }
  void chmod(const std::string& path, mode_t mode) const {
    ASSERT_EQ(::chmod(path.c_str(), mode), 0) << path;
  }
  TempDirectory directory_;
  const std::string data_ = directory_.path() + "/data";
};

TEST_F(OpenDirectory, L3ADirectoryThatOthersMayWriteToIsRefusedWithTheCure) {
  ASSERT_TRUE(Server(data_).ready());
  for (const mode_t mode : {0777, 0770, 0702, 01777}) {
    chmod(data_, mode);
    EXPECT_NE(refusal().find("run: chmod go-w " + data_), std::string::npos) << mode;
  }
  chmod(data_, 0755);
  EXPECT_TRUE(Server(data_).ready()) << "others see names, and no content";
  chmod(data_ + "/latchkey.db", 0644);
  EXPECT_NE(refusal().find("run: chmod 600 " + data_ + "/latchkey.db"), std::string::npos);
  chmod(data_, 0700);
  EXPECT_TRUE(Server(data_).ready()) << "nobody comes to it";
  chmod(data_ + "/latchkey.key", 0640);
  EXPECT_NE(refusal().find("run: chmod 600 " + data_ + "/latchkey.key"), std::string::npos);
}

TEST_F(OpenDirectory, L3WhatBelongsToAnotherUserIsRefused) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  ASSERT_TRUE(Server(data_).ready());
  ASSERT_EQ(::chown((data_ + "/latchkey.key").c_str(), 65534, 65534), 0);
  EXPECT_NE(refusal().find("belongs to another user (uid 65534)"), std::string::npos);
  ASSERT_EQ(::chown((data_ + "/latchkey.key").c_str(), 0, 0), 0);
  ASSERT_EQ(::chown(data_.c_str(), 65534, 65534), 0);
  EXPECT_NE(refusal().find("run: chown 0 " + data_), std::string::npos);
}

TEST_F(OpenDirectory, L3ADirectoryOnTheWayThatEverybodyMayChangeIsNamedInTheLog) {
  chmod(directory_.path(), 0777);
  Server server(data_);
  ASSERT_TRUE(server.ready());
  EXPECT_NE(server.program().errors().find(R"("event":"data_directory_exposed","directory":")" +
                                           directory_.path()),
            std::string::npos)
      << server.program().errors();
  chmod(directory_.path(), 01777);
  EXPECT_EQ(Server(data_).program().errors().find("data_directory_exposed"), std::string::npos);
}

TEST_F(OpenDirectory, L3AllFilesOfTheFirstStartAreForTheirOwnerAlone) {
  const mode_t before = ::umask(0);
  Server server(data_ + "/a/b");
  ::umask(before);
  ASSERT_TRUE(server.ready());
  EXPECT_EQ(
      server.ask("POST", "/v1/signup", "", credentials("a", "a long enough password"))->status,
      201);
  for (const char* name : {"", "/a", "/a/b", "/a/b/latchkey.db", "/a/b/latchkey.db-wal",
                           "/a/b/latchkey.db-shm", "/a/b/latchkey.key"}) {
    struct stat status {};
    ASSERT_EQ(::stat((data_ + name).c_str(), &status), 0) << name;
    EXPECT_EQ(status.st_mode & 077U, 0U) << name;
  }
}

}  // namespace
}  // namespace latchkey::testing
