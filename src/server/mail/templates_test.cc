#include "server/mail/templates.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temp_directory.h"

namespace latchkey::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

const MailSite kSite{"Example", "https://app.example.com/"};
const Mail kResetMailToAnn{.kind = MailKind::password_reset,
                           .to = "ann@example.com",
                           .username = "ann",
                           .link = "https://app.example.com/password/reset?token=abc",
                           .valid_for = std::chrono::minutes{15}};

void write_template(const testing::TempDirectory& folder, const char* name, std::string_view text) {
  std::ofstream(folder.path() + "/" + name, std::ios::binary) << text;
}

TEST(MailTemplates, HaveGoodDefaults) {
  const auto texts = MailTemplates::load("", kSite);
  ASSERT_TRUE(texts);
  const MailText text = texts->render(kResetMailToAnn);
  EXPECT_EQ(text.subject, "Set a new password for Example");
  EXPECT_THAT(text.body, HasSubstr("\nhttps://app.example.com/password/reset?token=abc\n"));
  EXPECT_THAT(text.body, HasSubstr("within 15 minutes"));
  EXPECT_THAT(text.body, HasSubstr("Hello ann,"));
  EXPECT_THAT(text.body, Not(HasSubstr("{{")));
  const MailText changed = texts->render({.kind = MailKind::password_changed, .username = "ann"});
  EXPECT_EQ(changed.subject, "Your password for Example has changed");
  const MailText verify = texts->render({.kind = MailKind::address_verification,
                                         .link = "https://x/",
                                         .valid_for = std::chrono::hours{24}});
  EXPECT_THAT(verify.body, HasSubstr("within 24 hours"));
}

TEST(MailTemplates, R98TellWhereALogInCameFrom) {
  const Mail mail{
      .kind = MailKind::new_device,
      .username = "ann",
      .client_address = "203.0.113.9",
      .user_agent = "Mozilla/5.0 (X11; Linux x86_64) Firefox/128.0\r\nBcc: x@example.com",
      .at = from_unix_millis(1'796'072'700'000)};
  const auto texts = MailTemplates::load("", kSite);
  ASSERT_TRUE(texts);
  const MailText text = texts->render(mail);
  EXPECT_EQ(text.subject, "A new log-in to Example");
  EXPECT_THAT(text.body, HasSubstr("Firefox on Linux, address 203.0.113.9, 30 November 2026, "));
  EXPECT_THAT(text.body, HasSubstr(" UTC\n"));
  EXPECT_THAT(text.body, Not(HasSubstr("Bcc")));
  EXPECT_THAT(text.body, Not(HasSubstr("{{")));
  const testing::TempDirectory folder;
  write_template(folder, "new_device.txt", "Subject: Hi\n\n{{device}} {{client}} {{time}}\n");
  EXPECT_THAT(MailTemplates::load(folder.path(), kSite)->render({.kind = mail.kind}).body,
              HasSubstr("Unknown device unknown 1 January 1970, 00:00 UTC"));
  write_template(folder, "password_changed.txt", "Subject: Hi\n\n{{device}}\n");
  EXPECT_FALSE(MailTemplates::load(folder.path(), kSite)) << "of a log-in alone";
}

TEST(MailTemplates, SayHowLongALinkIsGood) {
  const auto texts = MailTemplates::load("", kSite);
  ASSERT_TRUE(texts);
  for (const auto& [minutes, text] :
       std::initializer_list<std::pair<int, const char*>>{{1, "1 minute:"},
                                                          {2, "2 minutes:"},
                                                          {60, "60 minutes:"},
                                                          {61, "61 minutes:"},
                                                          {90, "90 minutes:"},
                                                          {120, "2 hours:"}}) {
    const MailText mail = texts->render({.kind = MailKind::password_reset,
                                         .link = "https://x/",
                                         .valid_for = std::chrono::minutes{minutes}});
    EXPECT_THAT(mail.body, HasSubstr(std::string("within ") + text));
  }
}

// A link to a change of the password has no place in a mail that tells of one.
TEST(MailTemplates, OnlyKindsWithALinkMayNameIt) {
  const testing::TempDirectory folder;
  write_template(folder, "password_changed.txt", "Subject: a\n\n{{link}}\n");
  const auto texts = MailTemplates::load(folder.path(), kSite);
  ASSERT_FALSE(texts);
  EXPECT_THAT(texts.error().detail, HasSubstr("nothing to put in for {{link}}"));
  write_template(folder, "password_changed.txt", "Subject: {{site}}\n\n{{username}} {{address}}\n");
  EXPECT_TRUE(MailTemplates::load(folder.path(), kSite));
}

TEST(MailTemplates, HaveALimitOfTheirSize) {
  const testing::TempDirectory folder;
  const std::string start = "Subject: a\n\n{{link}}";
  write_template(folder, "password_reset.txt", start + std::string(65536 - start.size(), 'x'));
  EXPECT_TRUE(MailTemplates::load(folder.path(), kSite));
  write_template(folder, "password_reset.txt", start + std::string(65537 - start.size(), 'x'));
  EXPECT_FALSE(MailTemplates::load(folder.path(), kSite));
}

TEST(MailTemplates, AreReadFromAFolder) {
  const testing::TempDirectory folder;
  write_template(folder, "password_reset.txt", "Subject: Hi {{username}}\n\nGo: {{link}}\n");
  const auto texts = MailTemplates::load(folder.path(), kSite);
  ASSERT_TRUE(texts);
  EXPECT_EQ(texts->render(kResetMailToAnn).subject, "Hi ann");
  EXPECT_EQ(texts->render(kResetMailToAnn).body,
            "Go: https://app.example.com/password/reset?token=abc\n");
  EXPECT_EQ(texts->render({.kind = MailKind::password_changed}).subject,
            "Your password for Example has changed")
      << "the built-in one";
}

TEST(MailTemplates, ANameIsOneLineAndIsNotFilledInAgain) {
  const testing::TempDirectory folder;
  write_template(folder, "password_reset.txt", "Subject: {{username}}\n\n{{username}} {{link}}\n");
  const auto texts = MailTemplates::load(folder.path(), kSite);
  ASSERT_TRUE(texts);
  Mail mail = kResetMailToAnn;
  mail.username = "a\r\nBcc: x@example.com {{link}}";
  const MailText text = texts->render(mail);
  EXPECT_EQ(text.subject, "aBcc: x@example.com {{link}}");
}

TEST(MailTemplates, WhatIsNoTemplateIsRefusedByName) {
  for (const char* text : {"no subject\n\n{{link}}", "Subject: a\n{{link}}\n",
                           "Subject: a\n\nno link", "Subject: a\n\n{{link}} {{nmae}}",
                           "Subject: a\n\n{{link}} {{open", "Subject: \xff\n\n{{link}}", ""}) {
    const testing::TempDirectory folder;
    write_template(folder, "password_reset.txt", text);
    const auto texts = MailTemplates::load(folder.path(), kSite);
    ASSERT_FALSE(texts) << text;
    EXPECT_EQ(texts.error().code, Errc::bad_config);
    EXPECT_THAT(texts.error().detail, HasSubstr("password_reset.txt: "));
  }
}

}  // namespace
}  // namespace latchkey::server
