#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "latchkey/auth.h"
#include "latchkey/faulty.h"
#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"
#include "tests/support/carrier_fixture.h"
#include "tests/support/manual_clock.h"

// What the tests of the front door share: a store that can fail, a clock that stands still, and
// requests as browsers send them.
namespace latchkey::testing {

inline constexpr std::string_view kPassword = "correct horse battery";

using Headers = std::vector<std::pair<std::string, std::string>>;

// Ask is one request. It outlives the session that is begun from it.
struct Ask {
  std::string method = "GET";
  std::string target = "/training";
  Headers headers{};
  std::string peer = "127.0.0.1";

  // with adds a header, or replaces the one of that name; an empty value leaves it out.
  Ask with(const std::string& name, const std::string& value) && {
    std::erase_if(headers, [&](const auto& header) { return header.first == name; });
    if (!value.empty()) headers.emplace_back(name, value);
    return std::move(*this);
  }
  Ask to(std::string where) && {
    target = std::move(where);
    return std::move(*this);
  }
};

// A page that somebody opens, a script of our own pages, and a form of them.
inline Ask page() {
  return {.headers = {
              {"Accept", "text/html"}, {"Sec-Fetch-Site", "none"}, {"Sec-Fetch-Mode", "navigate"}}};
}
inline Ask script(std::string method = "GET") {
  return {.method = std::move(method),
          .headers = {{"Accept", "application/json"},
                      {"Content-Type", "application/json"},
                      {"Sec-Fetch-Site", "same-origin"},
                      {"Sec-Fetch-Mode", "cors"},
                      {"Origin", "http://localhost:8080"}}};
}
inline Ask form() {
  return {.method = "POST",
          .target = "/login",
          .headers = {{"Accept", "text/html"},
                      {"Content-Type", "application/x-www-form-urlencoded"},
                      {"Sec-Fetch-Site", "same-origin"},
                      {"Sec-Fetch-Mode", "navigate"},
                      {"Origin", "http://localhost:8080"},
                      {"User-Agent", "Firefox"}}};
}

class AuthFixture : public ::testing::Test {
 protected:
  AuthFixture()
      : keys_(
            std::make_shared<SharedKeyRing>(make_ring(ring_key("a", KeyState::primary, kSecretA)))),
        inner_(std::move(*make_memory_store())),
        store_(make_faulty_store(*inner_, [this](StoreCall call, std::uint64_t) {
          ++calls_;
          if (all_fail_ || (failing_at_ && failing_at_(call))) return Fault::fail_before;
          return failing_ && call == *failing_ ? fault_ : Fault::none;
        })) {}

  AuthOptions usual(Carrier carrier = Carrier::stored) {
    AuthOptions options;
    options.public_url = "http://localhost:8080";
    options.carrier = carrier;
    if (carrier != Carrier::stored) options.keys = keys_;
    options.near_cache.reset();
    options.passwords = {.cost = {.memory_kib = 8, .iterations = 1, .parallelism = 1},
                         .insecure_cost_for_tests = true};
    options.touch_every = std::chrono::hours{1};
    options.prune_every = Millis{0};
    options.event_retention = Millis{0};  // they are written in the background, and calls counted
    options.clock = &clock_;
    return options;
  }
  std::unique_ptr<Auth> open(AuthOptions options) {
    auto auth = Auth::open(std::make_unique<ForwardingStore>(*store_), std::move(options));
    EXPECT_TRUE(auth) << auth.error().detail;
    return auth ? std::move(*auth) : nullptr;
  }
  // begin makes the session of `ask`, which the fixture keeps.
  AuthSession begin(Auth& auth, Ask ask, const BeginOptions& options = {}) {
    auto session = try_begin(auth, std::move(ask), options);
    EXPECT_TRUE(session) << error_name(session.error().code);
    return std::move(*session);
  }
  Result<AuthSession> try_begin(Auth& auth, Ask ask, const BeginOptions& options = {}) {
    asks_.push_back(std::make_unique<Ask>(std::move(ask)));
    const Ask& kept = *asks_.back();
    return auth.begin({kept.method, kept.target, kept.peer, kept.headers}, options);
  }

  // sign_up makes a user and returns the cookie, as name=value.
  std::string sign_up(Auth& auth, std::string_view name = "ann", const LogInOptions& how = {}) {
    AuthSession session = begin(auth, form());
    const auto done = session.sign_up({name, kPassword}, how);
    EXPECT_TRUE(done && *done == Rejection::none);
    return pair_of(session);
  }
  std::string log_in(Auth& auth, Ask ask = form(), const LogInOptions& how = {}) {
    AuthSession session = begin(auth, std::move(ask));
    const auto done = session.log_in({"ann", kPassword}, how);
    EXPECT_TRUE(done && *done == Rejection::none);
    return pair_of(session);
  }

  // lines returns the values of one header; of cookies those of the session.
  static std::vector<std::string> lines(const AuthSession& session,
                                        std::string_view name = "Set-Cookie") {
    std::vector<std::string> values;
    for (const HeaderLine& line : session.response_headers()) {
      if (line.name == name && !is_device_cookie(line.value)) values.emplace_back(line.value);
    }
    return values;
  }
  static bool is_device_cookie(std::string_view line) {
    return line.substr(0, line.find('=')).find("device") != std::string_view::npos;
  }
  // device_of returns name=value of the device cookie that is written; empty when none is.
  static std::string device_of(const AuthSession& session) {
    for (const HeaderLine& line : session.response_headers()) {
      if (line.name != "Set-Cookie" || !is_device_cookie(line.value)) continue;
      return std::string(line.value.substr(0, line.value.find(';')));
    }
    return {};
  }
  static std::string line(const AuthSession& session, std::string_view name) {
    const auto values = lines(session, name);
    return values.empty() ? std::string{} : values.front();
  }
  // pair_of returns name=value of the session cookie that is written, the last line.
  static std::string pair_of(const AuthSession& session) {
    const auto values = lines(session);
    if (values.empty()) return {};
    return values.back().substr(0, values.back().find(';'));
  }
  static bool deletes(const AuthSession& session) {
    const auto values = lines(session);
    return !values.empty() && values.back().find("; Max-Age=0") != std::string::npos;
  }

  void fail(StoreCall call, Fault how = Fault::fail_before) {
    failing_ = call;
    fault_ = how;
  }
  void fail_all(bool now = true) { all_fail_ = now; }
  void mend() {
    failing_.reset();
    all_fail_ = false;
  }

  ManualClock clock_;
  std::shared_ptr<SharedKeyRing> keys_;
  std::unique_ptr<Store> inner_;
  std::atomic<std::uint64_t> calls_{0};
  std::optional<StoreCall> failing_{};
  Fault fault_ = Fault::fail_before;
  std::function<bool(StoreCall)> failing_at_{};  // which call fails, for a test that counts them
  bool all_fail_ = false;
  std::unique_ptr<Store> store_;
  std::vector<std::unique_ptr<Ask>> asks_;
};

}  // namespace latchkey::testing
