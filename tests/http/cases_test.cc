// Every row of tests/auth_cases/requests.jsonl that the program's HTTP layer can express.
#include <gtest/gtest.h>

#include <algorithm>

#include "auth/request_facts.h"
#include "http/service.h"
#include "tests/http/site.h"
#include "tests/support/auth_case.h"

namespace latchkey::testing {
namespace {

constexpr std::string_view kFormType = "application/x-www-form-urlencoded";

// Way is the route that does what a row's handler does, and what can be seen of it there.
struct Way {
  std::string method{};
  std::string target{};
  std::string body{};
  bool api = false;
  bool keeps_bad = false;  // it is no page, or sends on to the log-in page, which deletes it
  bool passive = false;    // no activity, and no offers
};

// What this shape does not have: a handler that streams, a route that is open to other sites, an
// answer for everybody, demands of a level; and its routes are its own, so that no row can choose
// a path or a method.
bool is_expressible(const AuthCase& one, const Ask& ask) {
  const std::string verb = one.text("do");
  if (verb == "cacheable" || verb == "require_level_1") return false;
  if (!one.option("may_write", true) || one.option("cross_site", false)) return false;
  if (ask.target != "/training" && ask.target != "/") return false;
  return ask.method == "GET" || ask.method == "HEAD" || ask.method == "OPTIONS" ||
         ask.method == "POST" || ask.method == "DELETE";
}

Way way_of_read(const AuthCase& one, const Ask& ask, bool page) {
  const bool demands = one.text("do") == "require";
  if (page && one.option("offers", true) && !one.option("passive", false) &&
      !one.option("fresh", false)) {
    return {.method = ask.method, .target = demands ? "/training" : "/", .keeps_bad = demands};
  }
  const bool polls = one.option("passive", false) || !one.option("offers", true);
  const bool guest = one.wanted("state") == "guest";
  if (one.option("fresh", false)) {
    return {.method = ask.method, .target = "/v1/session?fresh=1", .api = true, .keeps_bad = true};
  }
  return {.method = ask.method,
          .target = polls || guest ? "/v1/session" : "/v1/sessions",
          .api = true,
          .keeps_bad = true,
          .passive = polls || guest};
}

Way way_of_change(const AuthCase& one, bool form, bool json) {
  const std::string verb = one.text("do");
  Way way{.method = "POST", .api = !form, .keeps_bad = true, .passive = true};
  const std::string password{verb == "log_in_wrong" ? "not that one at all" : kPassword};
  if (verb == "log_out") {
    way.target = form ? "/logout" : "/v1/logout";
  } else if (verb.starts_with("log_in") && form) {
    way.target = "/login";
    way.body = "username=ann&remember=on&password=" + password;
    std::replace(way.body.begin(), way.body.end(), ' ', '+');
  } else if (verb.starts_with("log_in")) {
    way.target = "/v1/login";
    way.body = R"({"username":"ann","password":")" + password + "\"}";
  } else if (json) {
    way.target = "/v1/session/refresh";
  } else {
    way.target = "/sessions/end";  // of a session that is not there
    way.body = "session=x";
    way.api = false;
  }
  return way;
}

// Sent is what can be seen of an answer.
struct Sent {
  http::Response response;
  std::vector<std::string> cookies{};  // sorted
};

class ServedCase final : public AuthCase {
 public:
  using AuthCase::AuthCase;
  bool expressed() const noexcept { return expressed_; }

 private:
  void play(Ask ask, std::optional<UnixTime> before) override;
  std::optional<Way> way_of(const Ask& ask) const;
  Sent send(const Way& way, const Ask& ask);
  void expect_state(const Way& way, const http::Response& response);
  void expect_cookies(const Way& way, const Sent& sent);
  void expect_answer(const Way& way, const http::Response& response);

  bool expressed_ = false;
};

std::optional<Way> ServedCase::way_of(const Ask& ask) const {
  if (!is_expressible(*this, ask)) return std::nullopt;
  const auth::RequestFacts facts({ask.method, ask.target, ask.peer, ask.headers});
  const bool reads = ask.method == "GET" || ask.method == "HEAD" || ask.method == "OPTIONS";
  if (reads && !text("do").empty() && text("do") != "require") return std::nullopt;
  if (reads) return way_of_read(*this, ask, facts.navigation() || facts.web_socket);
  if (text("do") == "require") return std::nullopt;
  if (ask.method == "DELETE") {
    return Way{.method = "DELETE",
               .target = "/v1/sessions/AAAAAAAAAAAAAAAAAAAAAAA",
               .api = true,
               .keeps_bad = true,
               .passive = true};
  }
  const std::string_view type = facts.content_type.value_or("");
  const bool json = type == "application/json";
  // What is neither is refused for its type, whoever sends it.
  if (type != kFormType && !json && wanted("state") != "refused") return std::nullopt;
  return way_of_change(*this, type == kFormType || (!json && text("do").empty()), json);
}

Sent ServedCase::send(const Way& way, const Ask& ask) {
  std::vector<http::Header> headers;
  for (const auto& [name, value] : ask.headers) headers.push_back({name, value});
  http::Request request;
  request.method = way.method;
  const std::size_t question = way.target.find('?');
  request.path = std::string_view(way.target).substr(0, question);
  if (question != std::string::npos) {
    request.query = std::string_view(way.target).substr(question + 1);
  }
  request.headers = headers;
  request.body = way.body;
  request.peer_address = ask.peer;
  http::Service service(auth(), {});
  Sent sent{service.handle(request)};
  for (const auto& [name, value] : sent.response.headers) {
    // The rows are of the session's cookie; a log-in writes one for the device, too.
    const bool of_device = value.substr(0, value.find('=')).find("device") != std::string::npos;
    if (name == "Set-Cookie" && !of_device) sent.cookies.push_back(brief(value));
  }
  std::sort(sent.cookies.begin(), sent.cookies.end());
  return sent;
}

void ServedCase::expect_state(const Way& way, const http::Response& response) {
  const std::string state = wanted("state");
  if (way.method == "OPTIONS") return;  // answered without a look at who asks
  if (state == "refused") {
    EXPECT_EQ(response.status, 403);
    return;
  }
  EXPECT_NE(response.status, 403);
  if (text("do") == "log_in" || text("do") == "log_out") {
    EXPECT_LT(response.status, 400);
  } else if (text("do") == "log_in_wrong") {
    EXPECT_EQ(response.status, 401);
  } else if (way.target == "/") {
    const auto says = [&](std::string_view what) {
      return response.body.find(what) != std::string::npos;
    };
    EXPECT_EQ(says("Hello, <bdi>"), state == "user");
    EXPECT_EQ(says("Your session has expired"), state == "expired");
    EXPECT_EQ(says("Your session was ended"), state == "revoked");
  } else if (way.api && (state == "user" || state == "guest")) {
    EXPECT_TRUE(response.status == 200 || code(response) == "session_not_found");
    EXPECT_EQ(response.body.find("\"user\":null") != std::string::npos, state == "guest");
  } else if (way.api) {
    EXPECT_EQ(code(response), state == "none" ? "no_session" : state);
  } else {
    const std::string location = header(response, "Location").value_or("");
    EXPECT_EQ(location.starts_with("/login"), state != "user") << location;
  }
}

void ServedCase::expect_cookies(const Way& way, const Sent& sent) {
  std::vector<std::string> wanted = wanted_cookies();
  const std::string state = this->wanted("state");
  const std::string client = text("client");
  // A form's session is looked at, not used: it is neither renewed nor offered anything.
  const bool slides = (client == "user_half_life" || client == "old_snapshot") && !wanted.empty();
  if (way.passive && slides && text("do").empty()) return;
  const bool nobody = state == "none" || state == "expired" || state == "revoked";
  if (way.keeps_bad && nobody && text("do") != "log_out") {
    EXPECT_TRUE(sent.cookies.empty()) << sent.cookies.front();
    return;
  }
  EXPECT_EQ(sent.cookies, wanted);
}

void ServedCase::expect_answer(const Way& way, const http::Response& response) {
  EXPECT_EQ(header(response, "Clear-Site-Data").value_or(""), wanted("clear"));
  if (wants("code") && way.api) {
    EXPECT_EQ(code(response), wanted("code"));
  }
  if (const codec::Json* status = row().find("want")->find("status")) {
    if (way.api || *status->integer() == 403) {
      EXPECT_EQ(response.status, *status->integer());
    }
  }
  if (way.target == "/training" && wants("redirect")) {
    const bool away = !wanted("redirect").empty();  // the reason is told by the cookie that stays
    EXPECT_EQ(header(response, "Location").value_or(""), away ? "/login?next=/training" : "");
  }
}

void ServedCase::play(Ask ask, std::optional<UnixTime> before) {
  const auto way = way_of(ask);
  if (!way) return;
  expressed_ = true;
  if (text("do").starts_with("log_in")) add_user();
  SCOPED_TRACE(way->method + ' ' + way->target);
  const std::uint64_t calls_before = calls();
  const Sent sent = send(*way, ask);
  // Names are shown, so a snapshot is not enough; and a verb asks for itself.
  const bool snapshot = text("carrier") == "hybrid";
  if (wants("asked") && text("do").empty() && !snapshot) {
    EXPECT_EQ(calls() != calls_before, wanted_flag("asked"));
  }
  if (wants("touched") && (!way->passive || !wanted_flag("touched"))) {
    EXPECT_EQ(last_seen() != before, wanted_flag("touched"));
  }
  expect_state(*way, sent.response);
  expect_cookies(*way, sent);
  expect_answer(*way, sent.response);
}

TEST(ServedCases, EveryRowThatThisShapeCanExpressHolds) {
  int expressed = 0;
  const int rows = each_case([&](codec::Json row) {
    ServedCase one(std::move(row));
    one.run();
    expressed += one.expressed() ? 1 : 0;
  });
  RecordProperty("rows", expressed);
  EXPECT_GE(expressed, 200) << "of " << rows;
}

}  // namespace
}  // namespace latchkey::testing
