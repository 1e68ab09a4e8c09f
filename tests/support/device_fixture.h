#pragma once

#include <string>
#include <utility>

#include "tests/support/auth_fixture.h"
#include "tests/support/device_browser.h"

// A site with device-bound sessions, and what its browsers send.
namespace latchkey::testing {

inline constexpr std::string_view kSite = "https://app.example.com";
// What was under way while the browser bound its session still counts.
inline constexpr Millis kUnderWay = std::chrono::seconds{10};

class DeviceSession : public AuthFixture {
 protected:
  AuthOptions bound(DeviceBinding mode = DeviceBinding::prefer, Carrier carrier = Carrier::stored) {
    AuthOptions options = usual(carrier);
    options.public_url = kSite;
    options.device_binding = {.mode = mode, .cookie_life = std::chrono::minutes{5}};
    return options;
  }
  static Ask ours(Ask ask) { return std::move(ask).with("Origin", std::string(kSite)); }
  static Ask device(std::string target) {
    // R55: as Chromium sends it.
    return {.method = "POST",
            .target = std::move(target),
            .headers = {{"Origin", std::string(kSite)},
                        {"Sec-Fetch-Site", "same-origin"},
                        {"Sec-Fetch-Mode", "no-cors"},
                        {"Sec-Fetch-Dest", "empty"},
                        {"Content-Length", "0"}}};
  }
  // parts of a log-in: the long cookie and the challenge it was offered.
  struct LoggedIn {
    std::string cookie{};
    std::string challenge{};
    SessionId id{};
  };
  LoggedIn enter(Auth& auth, bool new_user = true, std::string_view name = "ann") {
    AuthSession session = begin(auth, ours(form()));
    const auto done =
        new_user ? session.sign_up({name, kPassword}) : session.log_in({name, kPassword});
    EXPECT_TRUE(done && *done == Rejection::none);
    return {pair_of(session), quoted(line(session, "Secure-Session-Registration"), "challenge=\""),
            session.record()->id};
  }
  // quoted returns what stands between `head`, which ends with a quote, and the next one.
  static std::string quoted(const std::string& text, std::string_view head) {
    const std::size_t at = text.find(head);
    if (at == std::string::npos) return {};
    const std::size_t from = at + head.size();
    return text.substr(from, text.find('"', from) - from);
  }
  static std::string next_challenge(const AuthSession& session) {
    return quoted(line(session, "Secure-Session-Challenge"), "\"");
  }
  static std::string short_of(const AuthSession& session) {
    for (const std::string& value : lines(session)) {
      if (value.starts_with("__Host-session-bound=")) return value.substr(0, value.find(';'));
    }
    return {};
  }
  // Answered is what a route says, and what goes with it.
  struct Answered {
    int status = 0;
    std::string json{};
    std::string challenge{};
    std::string short_cookie{};
    AuthState state = AuthState::none;
  };
  Answered answered(AuthSession& session, const Result<DeviceAnswer>& answer) {
    if (!answer) return {.status = session.status(), .state = session.state()};
    return {answer->status, answer->json, next_challenge(session), short_of(session),
            session.state()};
  }
  Answered try_register(Auth& auth, const std::string& cookie, const std::string& proof) {
    AuthSession session = begin(
        auth,
        device("/device/register").with("Cookie", cookie).with("Secure-Session-Response", proof),
        kDeviceRoute);
    return answered(session, session.register_device());
  }
  Answered try_refresh(Auth& auth, const std::string& cookie, std::string_view id,
                       const std::string& proof = {}) {
    AuthSession session = begin(auth,
                                device("/device/refresh")
                                    .with("Cookie", cookie)
                                    .with("Sec-Secure-Session-Id", std::string(id))
                                    .with("Secure-Session-Response", proof),
                                kDeviceRoute);
    return answered(session, session.refresh_device());
  }
  // Bound is a browser with a bound session.
  struct Bound {
    DeviceBrowser browser;
    std::string cookie{};
    std::string short_cookie{};
    std::string challenge{};
    SessionId id{};
    std::string both() const { return cookie + "; " + short_cookie; }
  };
  Bound bind(Auth& auth, DeviceBrowser browser = DeviceBrowser::elliptic()) {
    const LoggedIn in = enter(auth);
    const Answered done = try_register(auth, in.cookie, browser.registration(in.challenge));
    EXPECT_EQ(done.status, 200) << done.json;
    clock_.advance(kUnderWay);
    return {std::move(browser), in.cookie, done.short_cookie, done.challenge, in.id};
  }
  AuthState state_with(Auth& auth, const std::string& cookie) {
    return begin(auth, page().with("Cookie", cookie)).state();
  }
};

}  // namespace latchkey::testing
