#include "server/mail/outbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/json/json.h"
#include "server/mail/run_command.h"
#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr Millis kGenerous = std::chrono::seconds{60};
const Mail kMailToAnn{.kind = MailKind::password_reset,
                      .to = "ann@example.com",
                      .username = "ann \"the\" first",
                      .link = "https://app.example.com/password/reset?token=abc",
                      .valid_for = std::chrono::minutes{15}};

std::string contents(const std::filesystem::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string script(const testing::TempDirectory& folder, const std::string& lines) {
  const std::string path = folder.path() + "/send";
  std::ofstream(path) << "#!/bin/sh\n" << lines << "\n";
  ::chmod(path.c_str(), 0700);
  return path;
}

mode_t mode_of(const std::filesystem::path& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST(Outbox, LeavesAFileForEachMail) {
  const testing::TempDirectory folder;
  const std::filesystem::path spool = folder.path() + "/spool";
  {
    auto outbox = Outbox::open({.spool = spool.string()}, {"Example", "https://app.example.com/"});
    ASSERT_TRUE(outbox);
    (*outbox)->send(kMailToAnn);
    (*outbox)->send(kMailToAnn);
  }
  EXPECT_EQ(mode_of(spool), 0700U);
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(spool)) {
    ++files;
    EXPECT_EQ(entry.path().extension(), ".json");
    EXPECT_EQ(mode_of(entry.path()), 0600U);
    const auto json = codec::parse_json(contents(entry.path()));
    ASSERT_TRUE(json);
    EXPECT_EQ(*json->find("kind")->string(), "password_reset");
    EXPECT_EQ(*json->find("to")->string(), "ann@example.com");
    EXPECT_EQ(*json->find("username")->string(), "ann \"the\" first");
    EXPECT_EQ(*json->find("link")->string(), kMailToAnn.link);
    EXPECT_EQ(*json->find("valid_for")->integer(), 900);
    EXPECT_THAT(*json->find("text")->string(), HasSubstr(kMailToAnn.link));
    EXPECT_THAT(*json->find("subject")->string(), HasSubstr("Example"));
  }
  EXPECT_EQ(files, 2U);
}

TEST(MailJson, R98SaysOfALogInWhereItCameFrom) {
  const auto json = codec::parse_json(mail_json({.kind = MailKind::new_device,
                                                 .to = "ann@example.com",
                                                 .client_address = "203.0.113.9",
                                                 .user_agent = "curl/8.0",
                                                 .at = from_unix_millis(1'796'072'700'000)},
                                                {"A new log-in", "text"}));
  ASSERT_TRUE(json);
  EXPECT_EQ(*json->find("kind")->string(), "new_device");
  EXPECT_EQ(*json->find("device")->string(), "curl");
  EXPECT_EQ(*json->find("client_address")->string(), "203.0.113.9");
  EXPECT_TRUE(json->find("at")->string()->starts_with("2026-11-30T"));
  EXPECT_EQ(json->find("link"), nullptr);
}

TEST(Outbox, ASpoolThatOthersCanReadIsRefused) {
  const testing::TempDirectory folder;
  const std::string spool = folder.path() + "/spool";
  std::filesystem::create_directory(spool);
  ::chmod(spool.c_str(), 0755);
  const auto outbox = Outbox::open({.spool = spool}, {});
  ASSERT_FALSE(outbox);
  EXPECT_EQ(outbox.error().code, Errc::bad_config);
  EXPECT_THAT(outbox.error().detail, HasSubstr("chmod 700"));
}

TEST(Outbox, ASpoolThatIsNoDirectoryIsRefused) {
  const testing::TempDirectory folder;
  const std::string spool = folder.path() + "/spool";
  std::ofstream(spool) << "a file";
  ::chmod(spool.c_str(), 0600);
  const auto outbox = Outbox::open({.spool = spool}, {});
  ASSERT_FALSE(outbox);
  EXPECT_THAT(outbox.error().detail, HasSubstr("is no directory"));
  EXPECT_FALSE(Outbox::open({.spool = folder.path() + "/none/spool"}, {}));
}

TEST(Outbox, AMailWithoutALinkHasNeitherLinkNorLife) {
  const Mail changed{.kind = MailKind::password_changed, .to = "a@example.com", .username = "ann"};
  EXPECT_EQ(mail_json(changed, {"Hi", "text"}),
            "{\"kind\":\"password_changed\",\"to\":\"a@example.com\",\"username\":\"ann\","
            "\"subject\":\"Hi\",\"text\":\"text\"}\n");
}

TEST(Outbox, AFileThatCannotBeMadeIsAFailureAndLeavesNothing) {
  const testing::TempDirectory folder;
  const Result<void> failed = spool_mail(folder.path() + "/none", "{}");
  ASSERT_FALSE(failed);
  EXPECT_THAT(failed.error().detail, HasSubstr("No such file"));
  EXPECT_TRUE(spool_mail(folder.path(), "{}"));
  const std::filesystem::directory_iterator all(folder.path());
  EXPECT_EQ(std::distance(all, {}), 1) << "the draft is gone";
}

TEST(Outbox, GivesACommandTheMailAndNoneOfOurSecrets) {
  const testing::TempDirectory folder;
  ::setenv("LATCHKEY_SECRET", "hidden", 1);
  const std::string out = folder.path() + "/out";
  const std::string program =
      script(folder, "cat > \"$1\"; env >> \"$1\"; echo noise; echo noise >&2");
  {
    auto outbox = Outbox::open({.command = {program, out}, .timeout = kGenerous}, {});
    ASSERT_TRUE(outbox);
    (*outbox)->send(kMailToAnn);
  }
  ::unsetenv("LATCHKEY_SECRET");
  EXPECT_THAT(contents(out), HasSubstr("\"to\":\"ann@example.com\""));
  EXPECT_THAT(contents(out), HasSubstr("PATH="));
  EXPECT_THAT(contents(out), Not(HasSubstr("hidden")));
}

TEST(RunCommand, TellsHowItEnded) {
  const testing::TempDirectory folder;
  const auto failed = run_command(std::vector{script(folder, "exit 3")}, "x", kGenerous);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().detail, "it ended with exit code 3");
  const auto missing = run_command(std::vector{folder.path() + "/nothing"}, "x", kGenerous);
  ASSERT_FALSE(missing);
  EXPECT_THAT(missing.error().detail, HasSubstr("No such file"));
  const std::string long_text(1'000'000, 'x');
  EXPECT_TRUE(run_command(std::vector{script(folder, "cat > /dev/null")}, long_text, kGenerous));
}

TEST(RunCommand, ACommandThatDoesNotReadIsNotWaitedFor) {
  const testing::TempDirectory folder;
  const std::string long_text(1'000'000, 'x');
  constexpr Millis kNever = std::chrono::hours{1};
  EXPECT_TRUE(run_command(std::vector{script(folder, "exit 0")}, long_text, kNever));
  EXPECT_TRUE(
      run_command(std::vector{script(folder, "exec < /dev/null; exit 0")}, long_text, kNever));
}

// Arguments reach the program as they are: no shell looks at them.
TEST(RunCommand, NoShellReadsItsArguments) {
  const testing::TempDirectory folder;
  const std::string out = folder.path() + "/out";
  const std::string program = script(folder, "printf %s \"$2\" > \"$1\"");
  ASSERT_TRUE(run_command(std::vector<std::string>{program, out, "$(id); 'a' *"}, "", kGenerous));
  EXPECT_EQ(contents(out), "$(id); 'a' *");
}

TEST(RunCommand, IsEndedWithAllItStartedWhenItTakesTooLong) {
  const testing::TempDirectory folder;
  const auto begun = std::chrono::steady_clock::now();
  const auto late =
      run_command(std::vector{script(folder, "sleep 600 & sleep 600")}, "x", Millis{200});
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().detail, "it took too long and was ended");
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds{300});
}

TEST(CheckMail, RefusesWhatCannotBeUsed) {
  EXPECT_TRUE(check_mail({}));
  EXPECT_FALSE(check_mail({.command = {"/bin/true"}, .spool = "/tmp/x"}));
  EXPECT_FALSE(check_mail({.command = {"/nowhere/at/all"}}));
  EXPECT_TRUE(check_mail({.command = {"/bin/sh"}}));
}

}  // namespace
}  // namespace latchkey::server
