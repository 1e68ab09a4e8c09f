#include <algorithm>
#include <fstream>
#include <map>

#include "auth/takeover.h"
#include "codec/json/json.h"
#include "session/takeover/foreign_cookies.h"
#include "tests/support/auth_fixture.h"

// Every row of tests/auth_cases/requests.jsonl, through Auth and AuthSession. README.md beside it
// explains the columns.
namespace latchkey::testing {
namespace {

using codec::Json;
using std::chrono::hours;
using std::chrono::minutes;

std::string text(const Json& object, std::string_view name, std::string fallback = {}) {
  const Json* found = object.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : fallback;
}

bool flag(const Json* object, std::string_view name, bool fallback) {
  const Json* found = object == nullptr ? nullptr : object->find(name);
  return found != nullptr && found->boolean() != nullptr ? *found->boolean() : fallback;
}

// brief names what a Set-Cookie line does: "set NAME" or "delete NAME", with Domain and Path when
// they are not the usual ones.
std::string brief(const std::string& line) {
  const bool deletes = line.find("; Max-Age=0;") != std::string::npos;
  std::string out = (deletes ? "delete " : "set ") + line.substr(0, line.find('='));
  for (const std::string_view attribute : {"; Domain=", "; Path="}) {
    const std::size_t at = line.find(attribute);
    if (at == std::string::npos) continue;
    const std::string value = line.substr(at, line.find(';', at + 1) - at);
    if (value != "; Path=/") out += value;
  }
  return out;
}

// Case is one row, with everything it needs.
class Case : public AuthFixture {
 public:
  explicit Case(Json row) : row_(std::move(row)) {}
  void run();

 private:
  void TestBody() override {}
  AuthOptions options();
  void add_takeover(AuthOptions& options);
  Ask own_form();
  void bring(std::string cookies) { client_headers_.emplace_back("Cookie", std::move(cookies)); }
  void log_in_client(const LogInOptions& how);
  void prepare();
  void prepare_foreign(const std::string& client);
  void prepare_bearer(const std::string& client);
  void prepare_user(const std::string& client);
  void age(const std::string& client);
  void act(AuthSession& session);
  std::optional<UnixTime> last_seen();
  void expect(AuthSession& session);

  const Json row_;
  std::string site_;
  Carrier carrier_ = Carrier::stored;
  Metrics metrics_;
  std::unique_ptr<Auth> auth_;
  Headers client_headers_;
  std::string cookie_;  // of the user, as name=value
  std::string token_;   // likewise, of one without a cookie
  std::optional<SessionId> id_;
  std::string error_;
};

AuthOptions Case::options() {
  site_ = text(row_, "site", "http");
  carrier_ = *find_carrier(text(row_, "carrier", "stored"));
  AuthOptions options = usual(carrier_);
  const bool https =
      site_ == "https" || site_ == "domain" || site_ == "former" || site_ == "allowed";
  if (https) options.public_url = "https://app.example.com";
  if (site_ == "https") options.clear_site_data = {"cache", "storage"};
  if (site_ == "domain") options.cookie.domain = "example.com";
  if (site_ == "former") {
    options.cookie.name = "sid";
    options.cookie.former = {{.domain = "example.com"}, {.path = "/app"}};
  }
  if (site_ == "allowed") options.allowed_origins = {"https://admin.example.com"};
  if (site_ == "lucia") options.policy = Policy::lucia();
  if (site_ == "bearer") options.bearer = true;
  if (site_ == "chunks") options.cookie.max_chunks = 4;
  if (site_.starts_with("takeover")) add_takeover(options);
  return options;
}

Sealer old_system() {
  std::vector<SealPassword> passwords;
  passwords.push_back({"1", SealSecret::text(kSecretB)});
  return std::move(*Sealer::make(std::move(passwords), {}));
}

void Case::add_takeover(AuthOptions& options) {
  TakeoverOptions takeover{.until = clock_.now() + hours{24},
                           .keep_cookies = site_ == "takeover_kept"};
  takeover.cookies.push_back({"old", session::make_iron_source(old_system(), {.user = "user.id"})});
  options.takeover = std::make_shared<Takeover>(std::move(takeover), metrics_);
}

Ask Case::own_form() { return form().with("Origin", auth_->public_url().origin()); }

void Case::log_in_client(const LogInOptions& how) {
  AuthSession session = begin(*auth_, own_form());
  const auto done = session.sign_up({"ann", kPassword}, how);
  ASSERT_TRUE(done && *done == Rejection::none);
  for (const std::string& line : lines(session)) {
    if (brief(line).starts_with("delete")) continue;
    if (!cookie_.empty()) cookie_ += "; ";
    cookie_ += line.substr(0, line.find(';'));
  }
  token_ = session.bearer_token();
  id_ = session.record()->id;
}

// prepare_foreign brings what another system gave to this browser.
void Case::prepare_foreign(const std::string& client) {
  const std::string sealed = *old_system().seal(R"({"user":{"id":7}})", clock_.now()) + "~2";
  bring("old=" + (client == "foreign_garbage" ? "x" : sealed));
  if (client == "foreign_and_garbage") bring(auth_->sessions().options().cookie.name + "=x");
  if (client == "foreign_used") {
    ASSERT_TRUE(begin(*auth_, page().with("Cookie", "old=" + sealed)));
  }
}

void Case::prepare_bearer(const std::string& client) {
  const bool accepted = site_ == "bearer";
  log_in_client({.bearer = accepted && client != "bearer_garbage_and_cookie"});
  if (!accepted) token_ = cookie_.substr(cookie_.find('=') + 1);
  const bool good = client == "bearer" || client == "bearer_twice";
  client_headers_.emplace_back("Authorization", "Bearer " + (good ? token_ : "x"));
  if (client == "bearer_twice") client_headers_.emplace_back("Authorization", "Bearer " + token_);
  if (client == "bearer_garbage_and_cookie") bring(cookie_);
}

// age lets happen to the user's session what the client's name says.
void Case::age(const std::string& client) {
  const Policy& policy = auth_->options().policy;
  if (client == "user_idle" || client == "old_snapshot") clock_.advance(minutes{2});
  if (client == "user_half_life") clock_.advance(policy.idle / 2 + hours{1});
  if (client == "expired") clock_.advance(policy.idle + hours{1});
  if (client == "revoked") {
    ASSERT_TRUE(begin(*auth_, own_form().with("Cookie", cookie_)).log_out());
  }
  if (client == "disabled") {
    const auto user = inner_->users().find_username("ann");
    ASSERT_TRUE(user && *user);
    ASSERT_TRUE(*inner_->users().set_disabled((*user)->user.id, true));
  }
  if (client == "old_key") {
    keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB),
                         ring_key("a", KeyState::read_only, kSecretA)));
  }
  if (client == "unknown_key") {
    keys_->set(make_ring(ring_key("b", KeyState::primary, kSecretB)));
  }
}

void Case::prepare_user(const std::string& client) {
  const std::string& name = auth_->sessions().options().cookie.name;
  const std::string attributes = "{\"big\":\"" + std::string(5000, 'b') + "\"}";
  LogInOptions how;
  if (client.ends_with("chunked")) how.attributes = attributes;
  log_in_client(how);
  age(client);
  if (client == "forged") cookie_.back() = cookie_.back() == 'A' ? 'B' : 'A';
  if (client == "doubled") cookie_ += "; " + name + "=x";
  if (client == "half_chunked") cookie_ = cookie_.substr(cookie_.find("; ") + 2);
  if (client == "user_and_foreign") cookie_ += "; old=x";
  bring(cookie_);
  if (client == "doubled_lines") bring(name + "=x");
  if (client == "many_lines") {
    for (int i = 0; i < 16; ++i) bring("other=" + std::to_string(i));
  }
}

void Case::prepare() {
  const std::string client = text(row_, "client");
  if (client.starts_with("foreign")) return prepare_foreign(client);
  if (client == "guest") {
    AuthSession session = begin(*auth_, own_form());
    ASSERT_TRUE(session.start_guest());
    id_ = session.record()->id;
    return bring(pair_of(session));
  }
  if (client == "garbage") return bring(auth_->sessions().options().cookie.name + "=x");
  if (client.starts_with("bearer")) return prepare_bearer(client);
  if (!client.empty()) prepare_user(client);
}

// act does what a handler would do.
void Case::act(AuthSession& session) {
  const std::string verb = text(row_, "do");
  if (verb == "require") session.require();
  if (verb == "require_level_1") {
    EXPECT_TRUE(session.require({.level = 1}));
  }
  if (verb == "cacheable") session.cacheable();
  if (verb == "log_out") {
    if (const auto done = session.log_out(); !done) error_ = error_name(done.error().code);
  }
  if (verb.starts_with("log_in")) {
    const bool wrong = verb == "log_in_wrong";
    if (!*inner_->users().find_username("ann")) {
      AuthSession other = begin(*auth_, own_form());
      ASSERT_TRUE(other.sign_up({"ann", kPassword}));
    }
    const auto done = session.log_in({"ann", wrong ? "not that one at all" : kPassword});
    if (!done) error_ = error_name(done.error().code);
    if (done) {
      EXPECT_EQ(*done == Rejection::none, !wrong);
    }
  }
}

std::optional<UnixTime> Case::last_seen() {
  if (!id_ || is_stateless(carrier_)) return std::nullopt;
  EXPECT_TRUE(auth_->flush());
  const auto found = inner_->sessions().find(std::span(&*id_, 1), {});
  if (!found || !found->front().record) return std::nullopt;
  return found->front().record->last_seen_at;
}

void Case::expect(AuthSession& session) {
  const Json& want = *row_.find("want");
  EXPECT_EQ(auth_state_name(session.state()), text(want, "state"));
  std::vector<std::string> wanted;
  for (const Json& line : *want.find("cookies")->array()) wanted.push_back(*line.string());
  std::vector<std::string> sent;
  for (const std::string& line : lines(session)) sent.push_back(brief(line));
  std::sort(wanted.begin(), wanted.end());
  std::sort(sent.begin(), sent.end());
  EXPECT_EQ(sent, wanted);
  EXPECT_EQ(line(session, "Cache-Control"), text(want, "cache", "private, no-store"));
  EXPECT_EQ(line(session, "Clear-Site-Data"), text(want, "clear"));
  EXPECT_EQ(error_, text(want, "error"));
  if (const Json* status = want.find("status")) {
    EXPECT_EQ(session.status(), *status->integer());
  }
  if (want.find("redirect") != nullptr) {
    EXPECT_EQ(session.redirect(), text(want, "redirect"));
  }
  if (want.find("code") != nullptr) {
    EXPECT_NE(session.problem().find("\"code\":\"" + text(want, "code") + "\""), std::string::npos)
        << session.problem();
  }
}

void Case::run() {
  SCOPED_TRACE(text(row_, "name"));
  auth_ = open(options());
  prepare();
  const std::optional<UnixTime> before = last_seen();
  const Json& request = *row_.find("request");
  Ask ask{.method = text(request, "method"), .target = text(request, "target")};
  ask.peer = text(request, "peer", "127.0.0.1");
  for (const Json::Member& header : *request.find("headers")->object()) {
    ask.headers.emplace_back(header.name, *header.value.string());
  }
  ask.headers.insert(ask.headers.end(), client_headers_.begin(), client_headers_.end());
  const Json* how = row_.find("begin");
  const std::uint64_t calls = calls_;
  AuthSession session = begin(*auth_, std::move(ask),
                              {.may_write = flag(how, "may_write", true),
                               .passive = flag(how, "passive", false),
                               .fresh = flag(how, "fresh", false),
                               .offers = flag(how, "offers", true),
                               .cross_site = flag(how, "cross_site", false),
                               .json_only = flag(how, "json_only", false)});
  const bool after_verb = text(row_, "do") == "require_level_1";
  if (after_verb) act(session);
  const Json& want = *row_.find("want");
  if (want.find("asked") != nullptr) {
    EXPECT_EQ(calls_ != calls, flag(&want, "asked", false));
  }
  if (want.find("touched") != nullptr) {
    EXPECT_EQ(last_seen() != before, flag(&want, "touched", false));
  }
  if (!after_verb) act(session);
  expect(session);
}

TEST(AuthCases, EveryRowHolds) {
  std::ifstream file(LATCHKEY_SOURCE_DIR "/tests/auth_cases/requests.jsonl");
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    auto row = codec::parse_json(line);
    ASSERT_TRUE(row) << line;
    Case(std::move(*row)).run();
    if (HasFatalFailure()) return;
  }
  EXPECT_GE(rows, 150);
}

}  // namespace
}  // namespace latchkey::testing
