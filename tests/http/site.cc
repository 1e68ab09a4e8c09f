#include "tests/http/site.h"

#include <gtest/gtest.h>

#include "codec/json/json.h"
#include "latchkey/store/forwarding_store.h"

namespace latchkey::testing {

Site::Site(std::string url, Policy policy, Wrap wrap, Carrier carrier, std::uint32_t max_chunks)
    : public_url(std::move(url)), memory(std::move(*make_memory_store())) {
  outer = memory.get();
  if (wrap != nullptr) {
    wrapped = wrap(*memory);
    outer = wrapped.get();
  }
  AuthOptions options;
  options.public_url = public_url;
  options.allow_plain_http = true;  // the browsers of tests have an address of their own
  options.policy = policy;
  options.carrier = carrier;
  std::vector<Key> ring;
  ring.push_back(*generate_key(KeyState::primary, clock.now(), clock.now()));
  options.keys = std::make_shared<SharedKeyRing>(*KeyRing::make(std::move(ring)));
  options.cookie.max_chunks = max_chunks;
  options.passwords = {.cost = {.memory_kib = 8, .iterations = 1}, .insecure_cost_for_tests = true};
  options.passwords.on_new_device = [this](const User& user, const DeviceContext& by) {
    if (recovery) recovery->tell_log_in(user, by);
  };
  options.near_cache.reset();
  options.clear_site_data = {"cache"};
  options.reauth_path = "/reauth";
  options.prune_every = Millis{0};
  // They are written in the background, and who puts a store around another one counts calls.
  if (wrap != nullptr) options.event_retention = Millis{0};
  options.clock = &clock;
  open(std::move(options));
}

void Site::open(AuthOptions options) {
  service.reset();
  auth.reset();
  auth = std::move(*Auth::open(std::make_unique<ForwardingStore>(*outer), std::move(options)));
  sessions = &auth->sessions();
  service = std::make_unique<http::Service>(*auth, http::ServiceOptions{.staleness = kStaleness});
}

void Site::use_mail() {
  recovery = std::move(
      *Recovery::open(auth->store(), {.send = [this](const Mail& mail) { mails.push_back(mail); },
                                      .reset_url = public_url + "/password/reset",
                                      .verify_url = public_url + "/account/email/confirm",
                                      .cost = {.memory_kib = 8, .iterations = 1},
                                      .insecure_cost_for_tests = true,
                                      .events = &auth->events(),
                                      .clock = &clock}));
  service = std::make_unique<http::Service>(
      *auth, http::ServiceOptions{.staleness = kStaleness, .recovery = recovery.get()});
}

http::Response Browser::send(std::string_view method, std::string_view target,
                             std::string_view body, const Headers& headers) {
  Headers all = {{"Host", "ignored.example"}, {"User-Agent", user_agent}};
  if (!cookie.empty()) {
    all.emplace_back("Cookie", site_.sessions->options().cookie.name + "=" + cookie);
  }
  if (!device.empty()) all.emplace_back("Cookie", device);
  if (method != "GET" && method != "HEAD") {
    all.emplace_back("Origin", site_.public_url);
    all.emplace_back("Sec-Fetch-Site", "same-origin");
  }
  for (const auto& [name, value] : headers) {
    std::erase_if(all,
                  [&, &same = name](const auto& own) { return http::same_field(own.first, same); });
  }
  for (const auto& [name, value] : headers) {
    if (!value.empty()) all.emplace_back(name, value);
  }
  std::vector<http::Header> views;
  for (const auto& [name, value] : all) views.push_back({name, value});
  http::Request request;
  request.method = method;
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  request.headers = views;
  request.body = body;
  request.peer_address = "192.0.2.7";
  http::Response response = site_.service->handle(request);
  keep_cookie(response);
  return response;
}

http::Response Browser::post_json(std::string_view target, std::string_view body,
                                  const Headers& headers) {
  Headers all = {{"Content-Type", "application/json"}};
  all.insert(all.end(), headers.begin(), headers.end());
  return send("POST", target, body, all);
}

http::Response Browser::post_form(std::string_view target, std::string_view body,
                                  const Headers& headers) {
  Headers all = {{"Content-Type", "application/x-www-form-urlencoded"}};
  all.insert(all.end(), headers.begin(), headers.end());
  return send("POST", target, body, all);
}

namespace {

std::string credentials(std::string_view username, std::string_view password) {
  std::string body = "{\"username\":";
  codec::append_json_string(body, username);
  body += ",\"password\":";
  codec::append_json_string(body, password);
  return body;
}

}  // namespace

http::Response Browser::sign_up(std::string_view username, bool remember) {
  return post_json("/v1/signup",
                   credentials(username, kPassword) + (remember ? "}" : ",\"remember\":false}"));
}

http::Response Browser::log_in(std::string_view username, std::string_view password) {
  return post_json("/v1/login", credentials(username, password) + "}");
}

void Browser::keep_cookie(const http::Response& response) {
  if (const auto line = device_line(response)) device = line->substr(0, line->find(';'));
  const auto set = header(response, "Set-Cookie");
  if (!set) return;
  const std::size_t equals = set->find('=');
  EXPECT_EQ(set->substr(0, equals), site_.sessions->options().cookie.name);
  cookie = set->substr(equals + 1, set->find(';') - equals - 1);
}

namespace {

bool is_device_cookie(std::string_view name, std::string_view value) {
  return http::same_field(name, "Set-Cookie") &&
         value.substr(0, value.find('=')).find("device") != std::string_view::npos;
}

}  // namespace

std::optional<std::string> device_line(const http::Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (is_device_cookie(name, value)) return value;
  }
  return std::nullopt;
}

std::optional<std::string> header(const http::Response& response, std::string_view name) {
  std::optional<std::string> found;
  for (const auto& [candidate, value] : response.headers) {
    if (!http::same_field(candidate, name) || is_device_cookie(candidate, value)) continue;
    EXPECT_FALSE(found) << name << " came twice";
    found = value;
  }
  return found;
}

std::string text(const http::Response& response, bool https) {
  std::string out;
  http::write_response(response,
                       {.hsts = https ? http::Hsts::host : http::Hsts::none,
                        .date = "Sun, 06 Nov 1994 08:49:37 GMT"},
                       out);
  return out;
}

std::string code(const http::Response& response) {
  const auto body = codec::parse_json(response.body);
  const codec::Json* member = body ? body->find("code") : nullptr;
  if (member == nullptr || member->string() == nullptr) return std::to_string(response.status);
  EXPECT_EQ(response.content_type, "application/problem+json; charset=utf-8");
  EXPECT_EQ(*body->find("status")->integer(), response.status);
  return *member->string();
}

namespace {

const codec::Json* find_deep(const codec::Json& value, std::string_view name) {
  if (const codec::Json* here = value.find(name)) return here;
  if (const auto* members = value.object()) {
    for (const auto& [key, member] : *members) {
      if (const codec::Json* found = find_deep(member, name)) return found;
    }
  }
  if (const auto* items = value.array()) {
    for (const codec::Json& item : *items) {
      if (const codec::Json* found = find_deep(item, name)) return found;
    }
  }
  return nullptr;
}

}  // namespace

std::string json_text(std::string_view body, std::string_view name) {
  const auto value = codec::parse_json(body);
  EXPECT_TRUE(value) << body;
  const codec::Json* found = value ? find_deep(*value, name) : nullptr;
  if (found == nullptr) return {};
  return found->string() != nullptr ? *found->string() : codec::write_json(*found);
}

bool sets_cookie(const http::Response& response) {
  const auto set = header(response, "Set-Cookie");
  return set && !blanks_cookie(response);
}

bool blanks_cookie(const http::Response& response) {
  const auto set = header(response, "Set-Cookie");
  return set && set->find("=; ") != std::string::npos &&
         set->find("Max-Age=0") != std::string::npos;
}

}  // namespace latchkey::testing
