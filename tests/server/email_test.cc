// An e-mail address is confirmed by a mail in the spool of `latchkey serve`.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;

// next_mail waits for a file of a spool, and takes it away.
std::string next_mail(const std::string& spool) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < until) {
    for (const auto& entry : std::filesystem::directory_iterator(spool)) {
      if (entry.path().extension() != ".json" || entry.path().filename().string()[0] == '.') {
        continue;
      }
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      std::filesystem::remove(entry.path());
      return text.str();
    }
    std::this_thread::yield();
  }
  ADD_FAILURE() << "no mail has come";
  return {};
}

TEST(ServeEmail, R98ALogInFromANewDeviceIsMailed) {
  const TempDirectory directory;
  const std::string spool = directory.path() + "/mail";
  const std::string templates = directory.path() + "/templates";
  std::filesystem::create_directory(templates);
  std::ofstream(templates + "/new_device.txt") << "Subject: Was it you?\n\n{{device}}\n";
  const std::string data = directory.path() + "/data";
  const std::vector<std::string> with{"--set", "mail.spool=" + spool, "--set",
                                      "mail.templates=" + templates};
  const std::string ada =
      R"({"username":"ada@example.com","password":"correct horse battery staple"})";
  {
    const Server server(data, with);
    ASSERT_TRUE(server.ready());
    ASSERT_TRUE(server.ask("POST", "/v1/signup", "", ada));
    ASSERT_EQ(server.ask("POST", "/v1/login", "", ada)->status, 200);
    const std::string mail = next_mail(spool);
    EXPECT_EQ(json_text(mail, "kind"), "new_device");
    EXPECT_EQ(json_text(mail, "to"), "ada@example.com");
    EXPECT_EQ(json_text(mail, "subject"), "Was it you?");
    EXPECT_EQ(json_text(mail, "client_address"), "127.0.0.1");
  }
  auto without = with;
  without.insert(without.end(), {"--set", "mail.new_device=false"});
  const Server server(data, without);
  ASSERT_TRUE(server.ready());
  ASSERT_EQ(server.ask("POST", "/v1/login", "", ada)->status, 200);
  ASSERT_EQ(
      server.ask("POST", "/v1/password/forgot", "", R"({"username":"ada@example.com"})")->status,
      202);
  EXPECT_EQ(json_text(next_mail(spool), "kind"), "password_reset") << "and no other before it";
}

TEST(ServeEmail, R79TheLinkOfASpooledMailConfirmsTheAddress) {
  const TempDirectory directory;
  const std::string spool = directory.path() + "/mail";
  const std::string templates = directory.path() + "/templates";
  std::filesystem::create_directory(templates);
  std::ofstream(templates + "/address_verification.txt")
      << "Subject: Is this you, {{username}}?\n\nOpen {{link}} within {{valid_for}}.\n";
  const Server server(directory.path() + "/data",
                      {"--set", "mail.spool=" + spool, "--set", "mail.templates=" + templates});
  ASSERT_TRUE(server.ready());
  const auto made =
      server.ask("POST", "/v1/signup", "",
                 R"({"username":"ada@example.com","password":"correct horse battery staple"})");
  ASSERT_TRUE(made);
  const std::string cookie = cookie_of(*made);
  const auto asked = server.ask("POST", "/v1/user/email", cookie, "{}");
  ASSERT_TRUE(asked);
  EXPECT_EQ(asked->status, 202);
  const std::string mail = next_mail(spool);
  EXPECT_EQ(json_text(mail, "kind"), "address_verification");
  EXPECT_EQ(json_text(mail, "to"), "ada@example.com");
  EXPECT_EQ(json_text(mail, "subject"), "Is this you, ada@example.com?");
  EXPECT_THAT(mail, HasSubstr("within 24 hours."));
  const std::string link = json_text(mail, "link");
  EXPECT_THAT(link, HasSubstr("/account/email/confirm?token="));
  const std::string token = link.substr(link.find("?token=") + 7);
  const auto done =
      server.ask("POST", "/v1/user/email/confirm", "", R"({"token":")" + token + R"("})");
  ASSERT_TRUE(done);
  EXPECT_EQ(done->status, 200);
  const auto seen = server.ask("GET", "/v1/user/email", cookie);
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->body, "{\"email\":\"ada@example.com\",\"verified\":true}\n");
}

}  // namespace
}  // namespace latchkey::testing
