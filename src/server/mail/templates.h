#pragma once

#include <array>
#include <string>

#include "latchkey/mail.h"
#include "latchkey/result.h"

namespace latchkey::server {

// MailText is a message as its reader sees it.
struct MailText {
  std::string subject{};
  std::string body{};
};

// MailSite is what mails call the place they come from.
struct MailSite {
  std::string name{};     // its brand
  std::string address{};  // its public URL
};

// MailTemplates are the texts of all mails: plain text, in which {{username}}, {{link}},
// {{valid_for}}, {{site}}, {{address}}, {{device}}, {{client}} and {{time}} stand for what is
// meant. docs/recovery.md
class MailTemplates {
 public:
  // load reads KIND.txt for each kind from `directory`; a file that is not there leaves the
  // built-in text, and so does an empty directory name. bad_config: a file is no template.
  static Result<MailTemplates> load(const std::string& directory, MailSite site);

  MailText render(const Mail& mail) const;

 private:
  static constexpr std::size_t kKinds = 4;
  explicit MailTemplates(MailSite site) : site_(std::move(site)) {}
  std::array<MailText, kKinds> texts_;
  MailSite site_;
};

}  // namespace latchkey::server
