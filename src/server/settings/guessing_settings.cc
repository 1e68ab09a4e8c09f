#include "server/settings/guessing_settings.h"

#include <array>
#include <string_view>
#include <utility>

#include "server/settings/setting_kinds.h"

namespace latchkey::server {
namespace {

constexpr std::uint64_t kMostTries = 1'000'000;
constexpr Millis kSecond{1000};
constexpr Millis kLongest = std::chrono::days{365};

void add_account(std::vector<Setting>& all) {
  all.push_back(boolean(
      "guessing.enabled", [](Config & c) -> auto& { return c.accounts.limits.enabled; },
      "Whether to count and slow down log-ins, sign-ups and password changes."));
  all.push_back(number(
      "guessing.account_free", 1, 100,
      [](Config & c) -> auto& { return c.accounts.limits.account.free; },
      "Wrong passwords for one account before the first wait."));
  all.push_back(duration(
      "guessing.account_first_delay", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.account.first_delay; },
      "The first wait; each further wrong password doubles it.", kLongest));
  all.push_back(duration(
      "guessing.account_longest_delay", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.account.longest_delay; },
      "No wait is longer than this.", kLongest));
  all.push_back(number(
      "guessing.account_most", 1, 100,
      [](Config & c) -> auto& { return c.accounts.limits.account.most; },
      "Wrong passwords in a row after which only known devices may log in, until the window is "
      "over."));
  all.push_back(duration(
      "guessing.account_window", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.account.window; },
      "How long after the last wrong password the count of an account is reset.", kLongest));
}

void add_addresses(std::vector<Setting>& all) {
  all.push_back(number(
      "guessing.address_tries", 1, kMostTries,
      [](Config & c) -> auto& { return c.accounts.limits.address.most; },
      "Wrong passwords from one IPv4 address or IPv6 /64 in address_window."));
  all.push_back(duration(
      "guessing.address_window", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.address.window; },
      "How long wrong passwords from an address count.", kLongest));
  all.push_back(number(
      "guessing.network_tries", 1, kMostTries,
      [](Config & c) -> auto& { return c.accounts.limits.network.most; },
      "Wrong passwords from one IPv4 /24 or IPv6 /48 in network_window."));
  all.push_back(duration(
      "guessing.network_window", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.network.window; },
      "How long wrong passwords from a network count.", kLongest));
  all.push_back(number(
      "guessing.sign_ups", 1, kMostTries,
      [](Config & c) -> auto& { return c.accounts.limits.sign_ups.most; },
      "Sign-ups from one IPv4 address or IPv6 /64 in sign_up_window."));
  all.push_back(duration(
      "guessing.sign_up_window", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.sign_ups.window; },
      "How long sign-ups from an address count.", kLongest));
  all.push_back(duration(
      "guessing.device_life", kSecond,
      [](Config & c) -> auto& { return c.accounts.limits.device_life; },
      "How long a browser stays a known device after a log-in.", std::chrono::days{400}));
}

}  // namespace

void add_guessing(std::vector<Setting>& all) {
  using SignUpName = std::pair<std::string_view, SignUp>;
  all.push_back(choice(
      "accounts.sign_up",
      std::array{SignUpName{"open", SignUp::open}, SignUpName{"closed", SignUp::closed}},
      [](Config & c) -> auto& { return c.accounts.sign_up; },
      "Whether anyone may create an account; closed: an operator adds users."));
  all.push_back(duration(
      "accounts.recent_login", Millis{1000}, [](Config & c) -> auto& { return c.recent_login; },
      "After this, irreversible actions such as deleting the account ask for the password again.",
      std::chrono::days{1}));
  add_account(all);
  add_addresses(all);
}

}  // namespace latchkey::server
