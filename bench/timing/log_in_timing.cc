// Whether the time of a refused log-in tells who exists (R89, R90): interleaved tries with a wrong
// password for a known user, an unknown name, a disabled user and one with a cheaper stored hash,
// at the cost of production, and Welch's t of each against the known one. Below 4.5 (the threshold
// of dudect) no difference is seen.
//
//   build/release/latchkey_log_in_timing [TRIES]    2000 for each of the four by default
//
// Exit code 1: a difference is seen.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "latchkey/accounts.h"
#include "latchkey/memory.h"
#include "latchkey/user_admin.h"

namespace latchkey {
namespace {

constexpr double kThreshold = 4.5;
constexpr double kCropped = 0.95;  // the slowest of all are interruptions, and no hash
constexpr std::string_view kRight = "correct horse battery staple";
constexpr std::string_view kWrong = "another long enough password";

struct TriedUser {
  const char* kind;
  std::string name;
  std::vector<double> micros{};
};

struct Moments {
  double mean = 0;
  double variance_of_mean = 0;
};

Moments moments_of(const std::vector<double>& all, double most) {
  double sum = 0, squares = 0, count = 0;
  for (const double one : all) {
    if (one > most) continue;
    sum += one;
    squares += one * one;
    count += 1;
  }
  const double mean = sum / count;
  return {mean, (squares / count - mean * mean) / (count - 1)};
}

double welch_t(const Moments& a, const Moments& b) {
  return std::abs(a.mean - b.mean) / std::sqrt(a.variance_of_mean + b.variance_of_mean);
}

// crop_at returns the time below which kCropped of all tries are.
double crop_at(const std::array<TriedUser, 4>& users) {
  std::vector<double> all;
  for (const TriedUser& user : users) {
    all.insert(all.end(), user.micros.begin(), user.micros.end());
  }
  const auto at = static_cast<std::ptrdiff_t>(static_cast<double>(all.size() - 1) * kCropped);
  std::nth_element(all.begin(), all.begin() + at, all.end());
  return all[static_cast<std::size_t>(at)];
}

int fail_with(const Error& error) {
  std::fprintf(stderr, "log_in_timing: %s\n", error.detail.c_str());
  return 2;
}

// report prints a line for each kind and returns the exit code.
int report(const std::array<TriedUser, 4>& users) {
  const double most = crop_at(users);
  const Moments known = moments_of(users[0].micros, most);
  int code = 0;
  for (const TriedUser& user : users) {
    const Moments own = moments_of(user.micros, most);
    const double t = &user == users.data() ? 0 : welch_t(known, own);
    std::printf("%-13s %6zu tries  mean %9.1f us  ratio %.4f  |t| %.2f\n", user.kind,
                user.micros.size(), own.mean, own.mean / known.mean, t);
    if (t >= kThreshold) code = 1;
  }
  std::puts(code == 0 ? "no difference is seen" : "a difference is seen");
  return code;
}

int measure(std::size_t tries) {
  auto store = make_memory_store();
  if (!store) return fail_with(store.error());
  auto sessions = Sessions::open(**store, {});
  if (!sessions) return fail_with(sessions.error());
  // Without limits: they would refuse the sixth try of each.
  auto accounts = Accounts::open(**store, **sessions, {.limits = {.enabled = false}});
  if (!accounts) return fail_with(accounts.error());
  auto usual = UserAdmin::make(**store, {});
  auto cheap = UserAdmin::make(
      **store, {.cost = {.memory_kib = 8192, .iterations = 1}, .insecure_cost_for_tests = true});
  if (!usual || !cheap) return fail_with(usual ? cheap.error() : usual.error());
  const auto known = usual->add({"known", kRight});
  const auto disabled = usual->add({"disabled", kRight});
  const auto cheaper = cheap->add({"cheaper", kRight});
  if (!known || !disabled || !cheaper) return fail_with({Errc::store_unavailable, "no users"});
  if (const auto done = usual->disable(disabled->user->id); !done) return fail_with(done.error());
  std::array<TriedUser, 4> users{{{"known", "known"},
                                  {"unknown", "nobody"},
                                  {"disabled", "disabled"},
                                  {"cheaper hash", "cheaper"}}};
  for (std::size_t round = 0; round < tries + 8; ++round) {  // the first rounds warm up
    for (std::size_t i = 0; i < users.size(); ++i) {
      TriedUser& user = users[(i + round) % users.size()];
      const auto begun = std::chrono::steady_clock::now();
      const auto outcome = (*accounts)->log_in({user.name, kWrong}, {});
      const std::chrono::duration<double, std::micro> took =
          std::chrono::steady_clock::now() - begun;
      if (!outcome) return fail_with(outcome.error());
      if (round >= 8) user.micros.push_back(took.count());
    }
  }
  return report(users);
}

}  // namespace
}  // namespace latchkey

int main(int count, char** arguments) {
  const long tries = count > 1 ? std::strtol(arguments[1], nullptr, 10) : 2000;
  if (tries < 2) {
    std::fputs("log_in_timing: give the number of tries, 2 or more\n", stderr);
    return 2;
  }
  return latchkey::measure(static_cast<std::size_t>(tries));
}
