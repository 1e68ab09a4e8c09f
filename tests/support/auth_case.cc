#include "tests/support/auth_case.h"

#include <algorithm>

#include "auth/takeover.h"
#include "session/takeover/foreign_cookies.h"

namespace latchkey::testing {

using codec::Json;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

std::string text_of(const Json& object, std::string_view name, std::string fallback) {
  const Json* found = object.find(name);
  return found != nullptr && found->string() != nullptr ? *found->string() : fallback;
}

bool flag_of(const Json* object, std::string_view name, bool fallback) {
  const Json* found = object == nullptr ? nullptr : object->find(name);
  return found != nullptr && found->boolean() != nullptr ? *found->boolean() : fallback;
}

Sealer old_system() {
  std::vector<SealPassword> passwords;
  passwords.push_back({"1", SealSecret::text(kSecretB)});
  return std::move(*Sealer::make(std::move(passwords), {}));
}

}  // namespace

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

std::string AuthCase::text(std::string_view name, std::string fallback) const {
  return text_of(row_, name, std::move(fallback));
}
std::string AuthCase::wanted(std::string_view name, std::string fallback) const {
  return text_of(*row_.find("want"), name, std::move(fallback));
}
bool AuthCase::wanted_flag(std::string_view name) const {
  return flag_of(row_.find("want"), name, false);
}
bool AuthCase::option(std::string_view name, bool fallback) const {
  return flag_of(row_.find("begin"), name, fallback);
}

std::vector<std::string> AuthCase::wanted_cookies() const {
  std::vector<std::string> cookies;
  for (const Json& line : *row_.find("want")->find("cookies")->array()) {
    cookies.push_back(*line.string());
  }
  std::sort(cookies.begin(), cookies.end());
  return cookies;
}

AuthOptions AuthCase::options() {
  site_ = text("site", "http");
  carrier_ = *find_carrier(text("carrier", "stored"));
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

void AuthCase::add_takeover(AuthOptions& options) {
  TakeoverOptions takeover{.until = clock_.now() + hours{24},
                           .keep_cookies = site_ == "takeover_kept"};
  takeover.cookies.push_back({"old", session::make_iron_source(old_system(), {.user = "user.id"})});
  options.takeover = std::make_shared<Takeover>(std::move(takeover), metrics_);
}

Ask AuthCase::own_form() { return form().with("Origin", auth_->public_url().origin()); }

void AuthCase::log_in_client(const LogInOptions& how) {
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
void AuthCase::prepare_foreign(const std::string& client) {
  const std::string sealed = *old_system().seal(R"({"user":{"id":7}})", clock_.now()) + "~2";
  bring("old=" + (client == "foreign_garbage" ? "x" : sealed));
  if (client == "foreign_and_garbage") bring(auth_->sessions().options().cookie.name + "=x");
  if (client == "foreign_used") {
    ASSERT_TRUE(begin(*auth_, page().with("Cookie", "old=" + sealed)));
  }
}

void AuthCase::prepare_bearer(const std::string& client) {
  const bool accepted = site_ == "bearer";
  log_in_client({.bearer = accepted && client != "bearer_garbage_and_cookie"});
  if (!accepted) token_ = cookie_.substr(cookie_.find('=') + 1);
  const bool good = client == "bearer" || client == "bearer_twice";
  client_headers_.emplace_back("Authorization", "Bearer " + (good ? token_ : "x"));
  if (client == "bearer_twice") client_headers_.emplace_back("Authorization", "Bearer " + token_);
  if (client == "bearer_garbage_and_cookie") bring(cookie_);
}

// age lets happen to the user's session what the client's name says.
void AuthCase::age(const std::string& client) {
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

void AuthCase::prepare_user(const std::string& client) {
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

void AuthCase::prepare() {
  const std::string client = text("client");
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

std::optional<UnixTime> AuthCase::last_seen() {
  if (!id_ || is_stateless(carrier_)) return std::nullopt;
  EXPECT_TRUE(auth_->flush());
  const auto found = inner_->sessions().find(std::span(&*id_, 1), {});
  if (!found || !found->front().record) return std::nullopt;
  return found->front().record->last_seen_at;
}

void AuthCase::add_user() {
  if (*inner_->users().find_username("ann")) return;
  AuthSession other = begin(*auth_, own_form());
  ASSERT_TRUE(other.sign_up({"ann", kPassword}));
}

void AuthCase::run() {
  SCOPED_TRACE(text("name"));
  auth_ = open(options());
  prepare();
  const std::optional<UnixTime> before = last_seen();
  const Json& request = *row_.find("request");
  Ask ask{.method = text_of(request, "method", {}), .target = text_of(request, "target", {})};
  ask.peer = text_of(request, "peer", "127.0.0.1");
  for (const Json::Member& header : *request.find("headers")->object()) {
    ask.headers.emplace_back(header.name, *header.value.string());
  }
  ask.headers.insert(ask.headers.end(), client_headers_.begin(), client_headers_.end());
  play(std::move(ask), before);
}

int each_case(const std::function<void(Json row)>& play) {
  std::ifstream file(LATCHKEY_SOURCE_DIR "/tests/auth_cases/requests.jsonl");
  int rows = 0;
  for (std::string line; std::getline(file, line); ++rows) {
    auto row = codec::parse_json(line);
    EXPECT_TRUE(row) << line;
    if (row) play(std::move(*row));
  }
  return rows;
}

}  // namespace latchkey::testing
