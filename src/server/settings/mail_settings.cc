#include "server/settings/mail_settings.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "http/pages/brand.h"
#include "server/settings/setting_kinds.h"

namespace latchkey::server {
namespace {

Setting mail_command() {
  Setting setting{
      .key = "mail.command",
      .kind = SettingKind::list,
      .form = "a program and its arguments, such as [\"/usr/local/bin/send-mail\"]",
      .help = "Runs without a shell for each mail, and reads the mail as JSON from standard input.",
      .set =
          [](Config& config, const SettingValue& value) {
            config.mail.command = value.texts;
            return true;
          },
      .get =
          [](const Config& config) {
            return SettingValue{config.mail.command, true};
          }};
  setting.why = [](const SettingValue& value) -> std::string {
    if (value.texts.empty() || value.texts.front().starts_with('/')) return {};
    return "name the program by its whole path, which begins with /";
  };
  setting.set = [set = setting.set, why = setting.why](Config& config, const SettingValue& value) {
    return why(value).empty() && set(config, value);
  };
  return setting;
}

}  // namespace

void add_mail(std::vector<Setting>& all) {
  all.push_back(mail_command());
  all.push_back(text(
      "mail.spool", "a directory", [](Config & c) -> auto& { return c.mail.spool; },
      "Receives one JSON file per mail, instead of a command; empty: none."));
  all.push_back(text(
      "mail.templates", "a directory", [](Config & c) -> auto& { return c.mail.templates; },
      "Mail texts, one file per kind; docs/recovery.md. Empty: the built-in texts."));
  all.push_back(duration(
      "mail.timeout", Millis{1000}, [](Config & c) -> auto& { return c.mail.timeout; },
      "A command that takes longer is killed.", std::chrono::hours{1}));
  all.push_back(boolean(
      "mail.new_device", [](Config & c) -> auto& { return c.mail.new_device; },
      "Informs users of a log-in from a browser in which they had not logged in before."));
}

void add_pages(std::vector<Setting>& all) {
  all.push_back(checked(text(
                            "pages.name", "a text of at most 60 characters",
                            [](Config & c) -> auto& { return c.pages_name; },
                            "What the pages and mails call this site."),
                        IfEmpty::refuse, [](std::string_view name) -> std::string {
                          const auto count = count_code_points(name);
                          if (count && *count <= 60 && !has_control(name)) return {};
                          return "it is one line of at most 60 characters";
                        }));
  all.push_back(text(
      "pages.logo", "a file, SVG or PNG", [](Config & c) -> auto& { return c.pages_logo; },
      "Shown instead of the key symbol, 26 pixels high; empty: the key symbol."));
  all.push_back(checked(
      text(
          "pages.color", "a color as #RRGGBB", [](Config & c) -> auto& { return c.pages_color; },
          "Color of buttons and links; adjusted until the text is readable."),
      IfEmpty::off, [](std::string_view color) -> std::string {
        return http::is_color(color) ? std::string{} : "write it as # and six hexadecimal digits";
      }));
}

}  // namespace latchkey::server
