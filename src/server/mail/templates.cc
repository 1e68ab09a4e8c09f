#include "server/mail/templates.h"

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "codec/text/time_text.h"
#include "http/device.h"
#include "http/pages/human_time.h"

namespace latchkey::server {
namespace {

constexpr std::size_t kMostTemplateBytes = 65536;

constexpr std::string_view kResetMail = R"(Subject: Set a new password for {{site}}

Hello {{username}},

somebody, probably you, asked for a new password at {{address}}. To choose one,
open this link within {{valid_for}}:

{{link}}

It works once. All devices that are logged in will be logged out.

If this was not you, do nothing: your password stays as it is.
)";
constexpr std::string_view kChangedMail = R"(Subject: Your password for {{site}} has changed

Hello {{username}},

the password of your account at {{address}} has just been changed.

If this was not you, choose a new one at once: open the log-in page there and follow
"Forgot your password?".
)";
constexpr std::string_view kVerifyMail = R"(Subject: Confirm your e-mail address for {{site}}

Hello {{username}},

to confirm that this address is yours, open this link within {{valid_for}}:

{{link}}

If you have no account at {{address}}, do nothing.
)";

constexpr std::string_view kDeviceMail = R"(Subject: A new log-in to {{site}}

Hello {{username}},

somebody has logged in to your account at {{address}} with your password, from a
browser in which you had not logged in before:

{{device}}, address {{client}}, {{time}}

If this was you, do nothing. If this was not you, log in there, change your password,
and look at "Your sessions". The change logs out everybody else.
)";

struct TemplateKind {
  MailKind kind;
  std::string_view text;
  bool has_link;
};
constexpr TemplateKind kTemplates[] = {{MailKind::password_reset, kResetMail, true},
                                       {MailKind::password_changed, kChangedMail, false},
                                       {MailKind::address_verification, kVerifyMail, true},
                                       {MailKind::new_device, kDeviceMail, false}};
// What can be put in for every kind, and for a new device alone.
constexpr std::string_view kFields[] = {"username", "valid_for", "site", "address"};
constexpr std::string_view kDeviceFields[] = {"device", "client", "time"};

std::size_t place_of_kind(MailKind kind) noexcept { return static_cast<std::size_t>(kind); }

// Field is a placeholder and what stands for it.
using Field = std::pair<std::string_view, std::string_view>;

std::string filled(std::string_view text, std::initializer_list<Field> fields) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find("{{");
    out.append(text.substr(0, open));
    if (open == std::string_view::npos) break;
    text.remove_prefix(open + 2);
    const std::size_t close = text.find("}}");
    const std::string_view name = text.substr(0, close);
    for (const auto& [field, value] : fields) {
      if (field == name) out.append(value);
    }
    text.remove_prefix(close + 2);
  }
  return out;
}

template <std::size_t N>
bool is_one_of(const std::string_view (&names)[N], std::string_view name) noexcept {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

// flaw_of tells what is wrong with the placeholders of a template.
std::string flaw_of(std::string_view text, const TemplateKind& kind) {
  if (kind.has_link && text.find("{{link}}") == std::string_view::npos) return "it has no {{link}}";
  for (std::size_t at = text.find("{{"); at != std::string_view::npos; at = text.find("{{", at)) {
    at += 2;
    const std::size_t close = text.find("}}", at);
    const std::string_view name = text.substr(at, close - at);
    const bool known = (kind.has_link && name == "link") || is_one_of(kFields, name) ||
                       (kind.kind == MailKind::new_device && is_one_of(kDeviceFields, name));
    if (close == std::string_view::npos) return "a {{ is not closed";
    if (!known) return "there is nothing to put in for {{" + clean_line(name, 40) + "}}";
  }
  return {};
}

Result<MailText> parse_template(std::string_view text, const TemplateKind& kind,
                                const std::string& name) {
  const auto bad = [&](const std::string& why) {
    return Error{Errc::bad_config, "mail template " + name + ": " + why};
  };
  constexpr std::string_view kSubject = "Subject: ";
  const std::size_t end = text.find("\n\n");
  if (!is_utf8(text)) return bad("it is not UTF-8");
  if (!text.starts_with(kSubject) || end == std::string_view::npos || text.find('\n') != end) {
    return bad("it must begin with one line \"Subject: ...\" and an empty line");
  }
  if (std::string why = flaw_of(text, kind); !why.empty()) return bad(why);
  return MailText{std::string(text.substr(kSubject.size(), end - kSubject.size())),
                  std::string(text.substr(end + 2))};
}

// time_text writes a moment to the minute, such as "30 November 2026, 21:05 UTC".
std::string time_text(UnixTime at) {
  return http::human_date(at) + ", " + codec::rfc3339(at).substr(11, 5) + " UTC";
}

std::string life_text(Millis life) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(life).count();
  const bool hours = minutes % 60 == 0 && minutes > 60;
  const auto count = hours ? minutes / 60 : minutes;
  std::string text = std::to_string(count) + (hours ? " hour" : " minute");
  return count == 1 ? text : text + "s";
}

}  // namespace

Result<MailTemplates> MailTemplates::load(const std::string& directory, MailSite site) {
  static_assert(std::size(kTemplates) == kKinds);
  MailTemplates templates(std::move(site));
  for (const TemplateKind& kind : kTemplates) {
    std::string text(kind.text);
    std::string name(mail_kind_name(kind.kind));
    if (!directory.empty()) {
      name = directory + "/" + name + ".txt";
      std::ifstream file(name, std::ios::binary);
      if (file) {
        std::ostringstream read;
        read << file.rdbuf();
        text = std::move(read).str();
      } else if (errno != ENOENT) {
        return Error{Errc::bad_config, "mail template " + name + ": it cannot be read"};
      }
      if (text.size() > kMostTemplateBytes) {
        return Error{Errc::bad_config, "mail template " + name + ": it is larger than 64 KiB"};
      }
    }
    auto parsed = parse_template(text, kind, name);
    if (!parsed) return parsed.error();
    templates.texts_[place_of_kind(kind.kind)] = *std::move(parsed);
  }
  return templates;
}

// A name is one line wherever it stands, so that it adds no header to a mail.
MailText MailTemplates::render(const Mail& mail) const {
  const MailText& text = texts_[place_of_kind(mail.kind)];
  const std::string username = clean_line(mail.username, mail.username.size());
  const std::string life = life_text(mail.valid_for);
  const std::string device = http::describe_device(mail.user_agent);
  const std::string client = mail.client_address.empty() ? "unknown" : mail.client_address;
  const std::string time = time_text(mail.at);
  const auto fill = [&](std::string_view part) {
    return filled(part, {{"username", username},
                         {"link", mail.link},
                         {"valid_for", life},
                         {"site", site_.name},
                         {"address", site_.address},
                         {"device", device},
                         {"client", client},
                         {"time", time}});
  };
  return {fill(text.subject), fill(text.body)};
}

}  // namespace latchkey::server
