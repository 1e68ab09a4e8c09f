#include "http/device.h"

namespace latchkey::http {
namespace {

struct Mark {
  std::string_view mark;  // text in the user agent
  std::string_view name;
};

// In this order: browsers built on another one carry the other's mark too.
constexpr Mark kBrowsers[] = {
    {"Edg/", "Edge"},
    {"EdgA/", "Edge"},
    {"EdgiOS/", "Edge"},
    {"OPR/", "Opera"},
    {"SamsungBrowser/", "Samsung Internet"},
    {"Vivaldi/", "Vivaldi"},
    {"YaBrowser/", "Yandex"},
    {"DuckDuckGo/", "DuckDuckGo"},
    {"FxiOS/", "Firefox"},
    {"Firefox/", "Firefox"},
    {"CriOS/", "Chrome"},
    {"HeadlessChrome/", "Chrome"},
    {"Chrome/", "Chrome"},
    {"Safari/", "Safari"},
    {"curl/", "curl"},
    {"Wget/", "Wget"},
    {"node", "Node.js"},
    {"python-", "Python"},
    {"Python-", "Python"},
    {"Go-http-client", "Go"},
};
constexpr Mark kSystems[] = {
    {"iPhone", "iPhone"},   {"iPad", "iPad"},       {"Android", "Android"},
    {"CrOS", "ChromeOS"},   {"Windows", "Windows"}, {"Macintosh", "macOS"},
    {"FreeBSD", "FreeBSD"}, {"OpenBSD", "OpenBSD"}, {"Linux", "Linux"},
};

template <std::size_t N>
std::string_view find_name(const Mark (&marks)[N], std::string_view text) noexcept {
  for (const Mark& mark : marks) {
    if (text.find(mark.mark) != std::string_view::npos) return mark.name;
  }
  return {};
}

}  // namespace

std::string describe_device(std::string_view user_agent) {
  const std::string_view browser = find_name(kBrowsers, user_agent);
  const std::string_view system = find_name(kSystems, user_agent);
  if (browser.empty() && system.empty()) return "Unknown device";
  if (system.empty()) return std::string(browser);
  if (browser.empty()) return "Unknown browser on " + std::string(system);
  return std::string(browser) + " on " + std::string(system);
}

}  // namespace latchkey::http
