// Passwords and certificates in files that are changed while the store is open (F4).
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "latchkey/testing/store_fixture.h"
#include "tests/redis/certificate.h"
#include "tests/redis/server.h"
#include "tests/support/free_port.h"

namespace latchkey::testing {
namespace {

class RedisLogins : public ::testing::Test {
 protected:
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }
  void set_password(const std::string& password) {
    server_.ask({"ACL", "SETUSER", "app", "on", "resetpass", ">" + password, "~*", "&*", "+@all"});
  }
  void hang_up() { server_.ask({"CLIENT", "KILL", "USER", "app"}); }
  static bool eventually(Store& store, bool answers) {
    const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (store.meta().check().has_value() != answers) {
      if (std::chrono::steady_clock::now() > late) return false;
      std::this_thread::sleep_for(Millis{10});
    }
    return true;
  }
  std::string url(const std::string& login) const {
    return "redis://" + login + "127.0.0.1:" + std::to_string(server_.port());
  }

  const TempDirectory directory_;
  const std::string file_ = directory_.path() + "/password";
  RedisServer server_;
};

TEST_F(RedisLogins, F4AChangedPasswordFileIsReadForEachNewConnection) {
  set_password("old");
  write(file_, "old\n");
  const auto options = parse_redis_url(url("app@") + "?password_file=" + file_);
  ASSERT_TRUE(options) << options.error().detail;
  const auto store = must(open_redis(*options));
  set_password("new");
  hang_up();
  EXPECT_TRUE(eventually(*store, false)) << "the file holds the old one still";
  write(file_, "new\n");
  EXPECT_TRUE(eventually(*store, true)) << "without a restart";
}

TEST_F(RedisLogins, F4AFileThatIsMissingOrEmptyForAMomentChangesNothing) {
  set_password("right");
  write(file_, "right\n");
  const auto store =
      must(open_redis(must(parse_redis_url(url("app@") + "?password_file=" + file_))));
  write(file_, "");
  hang_up();
  EXPECT_TRUE(eventually(*store, true)) << "empty";
  std::filesystem::remove(file_);
  hang_up();
  EXPECT_TRUE(eventually(*store, true)) << "missing";
  set_password("new");
  hang_up();
  EXPECT_TRUE(eventually(*store, false));
  write(file_, "new");
  EXPECT_TRUE(eventually(*store, true));
}

TEST_F(RedisLogins, F4ASourceGivesUserAndPassword) {
  set_password("old");
  const auto login = std::make_shared<std::atomic<const char*>>("app");
  RedisOptions options = server_.tcp_options();
  options.login_source = [login]() -> Result<RedisLogin> {
    const std::string user = login->load();
    return RedisLogin{user, user == "app" ? "old" : "other"};
  };
  const auto store = must(open_redis(options));
  server_.ask({"ACL", "SETUSER", "second", "on", ">other", "~*", "&*", "+@all"});
  *login = "second";
  server_.ask({"ACL", "DELUSER", "app"});
  EXPECT_TRUE(eventually(*store, true)) << "without a restart";
  EXPECT_NE(server_.ask({"CLIENT", "LIST"}).text.find("user=second"), std::string::npos);
}

TEST(RedisTlsFiles, F4AChangedCertificateAuthorityIsReadForEachNewConnection) {
  const Certificate old_one;
  const Certificate new_one;
  const TempDirectory directory;
  const std::string file = directory.path() + "/ca.pem";
  const auto copy = [&](const Certificate& from) {
    std::filesystem::copy_file(from.file(), file,
                               std::filesystem::copy_options::overwrite_existing);
  };
  copy(old_one);
  const std::uint16_t port = free_port();
  RedisServer server(old_one.flags(port));
  RedisOptions options;
  options.addresses.push_back({.host = "localhost", .port = port});
  options.tls = true;
  options.ca_file = file;
  const auto store = must(open_redis(options));
  server.ask({"CONFIG", "SET", "tls-cert-file", new_one.file(), "tls-key-file",
              std::filesystem::path(new_one.file()).replace_filename("key.pem").string(),
              "tls-ca-cert-file", new_one.file()});
  std::filesystem::remove(file);
  server.ask({"CLIENT", "KILL", "TYPE", "normal"});
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (store->meta().check() && std::chrono::steady_clock::now() < late) {
    std::this_thread::sleep_for(Millis{5});
  }
  EXPECT_FALSE(store->meta().check()) << "the authority of before did not sign it";
  copy(new_one);
  while (!store->meta().check() && std::chrono::steady_clock::now() < late) {
    std::this_thread::sleep_for(Millis{10});
  }
  EXPECT_TRUE(store->meta().check()) << "without a restart";
}

}  // namespace
}  // namespace latchkey::testing
