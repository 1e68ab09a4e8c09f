#include "tests/cli/operator_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace latchkey::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

int status_of(const std::optional<RawAnswer>& answer) { return answer ? answer->status : 0; }

// at gives the value of a cookie the name it has at another port.
std::string at(const Server& server, const std::string& cookie) {
  return server.cookie_name() + cookie.substr(cookie.find('='));
}

// Walk holds what all steps need.
class Walk {
 public:
  Walk(std::vector<std::string> store, const Server& first, const Server& second)
      : store_(std::move(store)), first_(first), second_(second) {}

  Ran run(std::vector<std::string> words, std::string_view input = {}) const {
    return testing::run(command(std::move(words), store_), input);
  }
  void expect_done(std::vector<std::string> words, std::string_view input = {}) const {
    const std::string shown = words[0] + ' ' + words[1];
    const Ran ran = run(std::move(words), input);
    EXPECT_EQ(ran.code, 0) << shown << ": " << ran.err;
  }
  // enter logs in at the first server and sees that the second one knows it, from its cache, too.
  std::string enter(const std::string& password = kOperatorPassword) const {
    const std::string cookie = log_in_at(first_, "ada@example.com", password);
    EXPECT_FALSE(cookie.empty());
    expect_everywhere(cookie, 200);
    expect_everywhere(cookie, 200);
    return cookie;
  }
  void expect_everywhere(const std::string& cookie, int status) const {
    EXPECT_TRUE(answers(first_, cookie, status)) << status << " at the first server";
    EXPECT_TRUE(answers(second_, at(second_, cookie), status)) << status << " at the second server";
  }
  std::string session_id(const std::string& cookie) const {
    const auto answer = first_.ask("GET", "/v1/session", cookie);
    return answer ? json_text(answer->body, "id", "\"session\"") : std::string{};
  }

 private:
  const std::vector<std::string> store_;
  const Server& first_;
  const Server& second_;
};

void walk_sessions(const Walk& walk) {
  const std::string one = walk.enter(), two = walk.enter();
  const Ran listed = walk.run({"session", "list", "--username", "ada@example.com", "--json"});
  EXPECT_EQ(listed.code, 0) << listed.err;
  const std::string id = walk.session_id(one);
  EXPECT_THAT(listed.out, HasSubstr("\"id\":\"" + id + '"'));
  for (const std::string& cookie : {one, two}) {
    EXPECT_THAT(listed.out, Not(HasSubstr(cookie.substr(cookie.find('=') + 1))));
  }
  EXPECT_THAT(walk.run({"session", "show", "--json", "--", id}).out,
              HasSubstr("\"username\":\"ada@example.com\",\"state\":\"active\""));
  walk.expect_done({"session", "revoke", "--", id});
  walk.expect_everywhere(one, 401);
  walk.expect_everywhere(two, 200);
  EXPECT_THAT(walk.run({"session", "show", "--", id}).out, HasSubstr("revoked"));
  EXPECT_EQ(walk.run({"session", "revoke", "--", id}).code, 1) << "it has ended";
  const Ran all = walk.run({"session", "revoke", "--username", "ada@example.com", "--json"});
  EXPECT_EQ(all.out, "{\"ended\":1}\n") << all.err;
  walk.expect_everywhere(two, 401);
  walk.expect_done({"session", "prune"});
}

void walk_disabled(const Walk& walk, const Server& second) {
  const std::string before = walk.enter();
  const Ran disabled = walk.run({"user", "disable", "--username", "ADA@example.com", "--json"});
  EXPECT_THAT(disabled.out, HasSubstr("\"disabled\":true,\"ended\":1}")) << disabled.err;
  walk.expect_everywhere(before, 401);
  EXPECT_EQ(log_in_at(second, "ada@example.com"), "");
  EXPECT_THAT(walk.run({"user", "show", "--username", "ada@example.com", "--json"}).out,
              HasSubstr("\"disabled\":true,\"sessions\":0}"));
  walk.expect_done({"user", "enable", "--username", "ada@example.com"});
  walk.expect_everywhere(before, 401);
}

void walk_password(const Walk& walk, const Server& second) {
  const std::string before = walk.enter();
  const std::string next = "a new and long password";
  walk.expect_done({"user", "passwd", "--username", "ada@example.com", "--password-file", "-"},
                   next + '\n');
  walk.expect_everywhere(before, 401);
  EXPECT_EQ(log_in_at(second, "ada@example.com"), "");
  const std::string after = walk.enter(next);
  const Ran removed =
      walk.run({"user", "delete", "--username", "ada@example.com", "--yes", "--json"});
  EXPECT_THAT(removed.out, HasSubstr("\"deleted\":true,\"ended\":1}")) << removed.err;
  walk.expect_everywhere(after, 401);
  EXPECT_EQ(log_in_at(second, "ada@example.com", next), "");
}

// The servers write events in the background: what is wanted is waited for.
void expect_events(const Walk& walk, const std::vector<std::string>& options,
                   const std::vector<std::string>& parts) {
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  std::vector<std::string> words{"events", "--json"};
  words.insert(words.end(), options.begin(), options.end());
  Ran ran;
  const auto all_there = [&] {
    ran = walk.run(words);
    return ran.code != 0 || std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
             return ran.out.find(part) != std::string::npos;
           });
  };
  while (!all_there() && std::chrono::steady_clock::now() < late) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  EXPECT_EQ(ran.code, 0) << ran.err;
  for (const std::string& part : parts) EXPECT_THAT(ran.out, HasSubstr(part));
}

void walk_events(const Walk& walk) {
  expect_events(walk, {"--username", "ada@example.com"},
                {"\"kind\":\"sign_up\"", "\"kind\":\"log_in\"", "\"kind\":\"session_revoked\"",
                 "\"reason\":\"operator\"", "\"address\":\"127.0.0.1\""});
  expect_events(walk, {"--kind", "log_in_failed"}, {"\"reason\":\"user_disabled\""});
  EXPECT_EQ(walk.run({"events", "--kind", "nonsense"}).code, 2);
  EXPECT_EQ(walk.run({"events", "--since", "2099-01-01T00:00:00Z"}).out, "");
}

}  // namespace

std::vector<std::string> command(std::vector<std::string> words,
                                 const std::vector<std::string>& store) {
  // Options go before the "--" that an id may need.
  const auto place = words.begin() + std::min<std::ptrdiff_t>(2, std::ssize(words));
  words.insert(place, store.begin(), store.end());
  return words;
}

std::string log_in_at(const Server& server, const std::string& username,
                      const std::string& password) {
  const auto answer =
      server.ask("POST", "/v1/login", "",
                 R"({"username":")" + username + R"(","password":")" + password + "\"}");
  return status_of(answer) == 200 ? cookie_of(*answer) : std::string{};
}

bool answers(const Server& server, const std::string& cookie, int expected) {
  const auto late = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (status_of(server.ask("GET", "/v1/session", cookie)) != expected) {
    if (std::chrono::steady_clock::now() > late) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds{5});
  }
  return true;
}

void walk_operator(const std::vector<std::string>& store, const Server& first,
                   const Server& second) {
  const Walk walk(store, first, second);
  const Ran added = walk.run(
      {"user", "add", "--username", "ada@example.com", "--password-file", "-"}, kOperatorPassword);
  ASSERT_EQ(added.code, 0) << added.err;
  const Ran taken = walk.run(
      {"user", "add", "--username", "Ada@Example.com", "--password-file", "-"}, kOperatorPassword);
  EXPECT_EQ(taken.code, 1);
  EXPECT_THAT(taken.err, HasSubstr("there is a user Ada@Example.com"));
  const Ran listed = walk.run({"user", "list", "--json"});
  EXPECT_EQ(listed.code, 0) << listed.err;
  EXPECT_THAT(listed.out, HasSubstr("\"username\":\"ada@example.com\""));
  EXPECT_THAT(listed.out, Not(HasSubstr("argon2")));
  walk_sessions(walk);
  walk_disabled(walk, second);
  walk_events(walk);
  walk_password(walk, second);
  EXPECT_EQ(walk.run({"user", "list", "--json"}).out, "{\"users\":[]}\n");
  const Ran gone = walk.run({"user", "show", "--username", "ada@example.com"});
  EXPECT_EQ(gone.code, 1);
  EXPECT_THAT(gone.err, HasSubstr("there is no user ada@example.com"));
}

}  // namespace latchkey::testing
