#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>
#include <vector>

#include "tests/server/program.h"

namespace latchkey::testing {
namespace {

const std::string kOfAnn = "correct horse battery staple";

class ServeAdmin : public ::testing::Test {
 protected:
  std::string socket() const { return directory_.path() + "/admin.sock"; }
  std::string data() const { return directory_.path() + "/data"; }
  std::vector<std::string> flags() const { return {"--set", "admin.listen=unix:" + socket()}; }

  RawAnswer ask(const std::string& method, const std::string& path, const std::string& json = {},
                const std::string& key = {}) const {
    RawClient client = RawClient::at_file(socket());
    std::string text = request_text(method, path, {}, json);
    if (!key.empty()) text.insert(text.find("\r\n") + 2, "Idempotency-Key: " + key + "\r\n");
    if (!client.connected() || !client.send(text)) return {};
    return client.answer(method == "HEAD").value_or(RawAnswer{});
  }
  static std::string sign_up(const Server& server, const std::string& name) {
    const auto answer = server.ask(
        "POST", "/v1/signup", {}, R"({"username":")" + name + R"(","password":")" + kOfAnn + "\"}");
    return answer && answer->status == 201 ? cookie_of(*answer) : std::string{};
  }
  static std::string log_in(const Server& server, const std::string& name) {
    const auto answer = server.ask(
        "POST", "/v1/login", {}, R"({"username":")" + name + R"(","password":")" + kOfAnn + "\"}");
    return answer && answer->status == 200 ? cookie_of(*answer) : std::string{};
  }
  static int status(const Server& server, const std::string& cookie) {
    const auto answer = server.ask("GET", "/v1/session", cookie);
    return answer ? answer->status : 0;
  }
  static std::string id_of(const Server& server, const std::string& cookie) {
    const auto answer = server.ask("GET", "/v1/session", cookie);
    return answer ? json_text(answer->body, "id", "\"session\"") : std::string{};
  }
  static std::string value(const std::string& cookie) {
    return cookie.substr(cookie.find('=') + 1);
  }
  static std::size_t count(const std::string& text, const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size()) {
      ++found;
    }
    return found;
  }

  TempDirectory directory_;
};

TEST_F(ServeAdmin, IsOffUnlessAskedForAndThenForItsOwnerAlone) {
  {
    Server server(data());
    ASSERT_TRUE(server.ready());
    const auto public_one = server.ask("GET", "/admin/v1/users");
    ASSERT_TRUE(public_one);
    EXPECT_EQ(public_one->status, 404) << "never on the public address";
  }
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  struct stat found {};
  ASSERT_EQ(::lstat(socket().c_str(), &found), 0);
  EXPECT_EQ(found.st_mode, static_cast<mode_t>(S_IFSOCK | 0600));
  EXPECT_EQ(ask("GET", "/admin/v1/users").status, 200);
  EXPECT_EQ(ask("GET", "/v1/session").status, 404) << "and nothing else there";

  Program open({.arguments = {"serve", "--data", data(), "--set", "admin.listen=127.0.0.1:0"}});
  EXPECT_EQ(open.wait(), 2);
  EXPECT_NE(open.errors().find("anyone who reaches it may do everything"), std::string::npos);
}

TEST_F(ServeAdmin, TellsWhoseATokenIsAndWhatBecameOfASession) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string cookie = sign_up(server, "ann");
  const std::string ended = log_in(server, "ann");
  const std::string id = id_of(server, cookie);
  ASSERT_TRUE(server.ask("POST", "/v1/logout", ended));
  const RawAnswer told = ask("POST", "/admin/v1/sessions/introspect",
                             R"({"tokens":[")" + value(cookie) + R"(",")" + value(ended) +
                                 R"(","nonsense"],"ids":[")" + id + R"(","nonsense"]})");
  ASSERT_EQ(told.status, 200) << told.body;
  EXPECT_EQ(count(told.body, "\"state\":\"active\""), 2U) << told.body;
  EXPECT_EQ(count(told.body, "\"state\":\"revoked\""), 1U) << told.body;
  EXPECT_EQ(count(told.body, "\"state\":\"none\""), 2U) << told.body;
  EXPECT_EQ(count(told.body, "\"username\":\"ann\""), 2U) << told.body;
  EXPECT_EQ(told.body.find(value(cookie)), std::string::npos) << "a token is never shown";

  std::string many = "\"x\"";
  for (int i = 1; i < 100; ++i) many += ",\"x\"";
  EXPECT_EQ(ask("POST", "/admin/v1/sessions/introspect", "{\"tokens\":[" + many + "]}").status,
            200);
  EXPECT_EQ(
      ask("POST", "/admin/v1/sessions/introspect", "{\"tokens\":[" + many + ",\"x\"]}").status,
      400);
  for (const char* bad : {"{}", "[]", "{\"tokens\":[1]}", "{\"tokens\":\"x\"}", "{"}) {
    EXPECT_EQ(ask("POST", "/admin/v1/sessions/introspect", bad).status, 400) << bad;
  }
  EXPECT_EQ(server.program().errors().find(value(cookie)), std::string::npos);
}

TEST_F(ServeAdmin, ListsSessionsPageByPage) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  ASSERT_FALSE(sign_up(server, "ann").empty());
  ASSERT_FALSE(log_in(server, "ann").empty());
  ASSERT_FALSE(log_in(server, "ann").empty());
  ASSERT_FALSE(sign_up(server, "bob").empty());
  for (const std::string of : {"username=ann&", ""}) {
    std::size_t seen = 0;
    std::size_t pages = 0;
    std::string next;
    do {
      const RawAnswer page = ask(
          "GET", "/admin/v1/sessions?" + of + "limit=2" + (next.empty() ? "" : "&after=" + next));
      ASSERT_EQ(page.status, 200) << page.body;
      seen += count(page.body, "\"user_id\"");
      next = json_text(page.body, "next");
      ASSERT_LE(++pages, 10U);
    } while (!next.empty());
    EXPECT_EQ(seen, of.empty() ? 4U : 3U);
    EXPECT_GE(pages, 2U);
  }
  EXPECT_EQ(ask("GET", "/admin/v1/sessions?username=nobody").status, 404);
  EXPECT_EQ(ask("GET", "/admin/v1/sessions?limit=0").status, 400);
  EXPECT_EQ(ask("GET", "/admin/v1/sessions?limit=1001").status, 400);
  EXPECT_EQ(ask("GET", "/admin/v1/sessions?username=ann&user_id=x").status, 400);
}

TEST_F(ServeAdmin, R25EndsSessionsByIdUserAgeOrAll) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string first = sign_up(server, "ann");
  const std::string second = log_in(server, "ann");
  const std::string third = sign_up(server, "bob");
  const std::string id = id_of(server, first);

  EXPECT_EQ(ask("DELETE", "/admin/v1/sessions/" + id).status, 204);
  EXPECT_EQ(ask("DELETE", "/admin/v1/sessions/" + id).status, 404);
  EXPECT_EQ(status(server, first), 401);

  const std::string revoke = "/admin/v1/sessions/revoke";
  RawAnswer answer = ask("POST", revoke, R"({"ids":[")" + id_of(server, second) + "\"]}");
  EXPECT_EQ(answer.body, "{\"ended\":1,\"more\":false}\n");
  EXPECT_EQ(status(server, second), 401) << "at once: this node forgets its copy";

  const std::string fourth = log_in(server, "ann");
  EXPECT_EQ(ask("POST", revoke, R"({"username":"ANN"})").body, "{\"ended\":1,\"more\":false}\n");
  EXPECT_EQ(status(server, fourth), 401);
  EXPECT_EQ(ask("POST", revoke, R"({"created_before":"2020-01-01T00:00:00Z"})").body,
            "{\"ended\":0,\"more\":false}\n");
  EXPECT_EQ(status(server, third), 200);
  EXPECT_EQ(ask("POST", revoke, R"({"created_before":"2999-01-01T00:00:00Z"})").body,
            "{\"ended\":1,\"more\":false}\n");
  EXPECT_EQ(status(server, third), 401);
  const std::string fifth = log_in(server, "bob");
  EXPECT_EQ(ask("POST", revoke, R"({"all":true})").status, 200);
  EXPECT_EQ(status(server, fifth), 401);

  const std::string last = log_in(server, "bob");
  for (const char* bad :
       {"{}", R"({"all":false})", R"({"all":true,"username":"bob"})", R"({"al":true})",
        R"({"all":true,"created_befor":"2020-01-01T00:00:00Z"})", R"({"ids":"x"})",
        R"({"created_before":"yesterday"})", R"({"username":""})", R"({"ids":[],"after":"x"})"}) {
    EXPECT_EQ(ask("POST", revoke, bad).status, 400) << bad;
  }
  EXPECT_EQ(status(server, last), 200) << "what is not understood ends nothing";
}

TEST_F(ServeAdmin, ARepeatedKeyGetsTheSameAnswerAndEndsNothingMore) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  ASSERT_FALSE(sign_up(server, "ann").empty());
  const std::string revoke = "/admin/v1/sessions/revoke";
  const std::string all = R"({"all":true})";
  EXPECT_EQ(ask("POST", revoke, all, "key-1").body, "{\"ended\":1,\"more\":false}\n");
  const std::string cookie = log_in(server, "ann");
  EXPECT_EQ(ask("POST", revoke, all, "key-1").body, "{\"ended\":1,\"more\":false}\n");
  EXPECT_EQ(status(server, cookie), 200) << "the session of after the first time is kept";
  EXPECT_EQ(ask("POST", revoke, R"({"username":"ann"})", "key-1").status, 422);
  EXPECT_EQ(status(server, cookie), 200);
  EXPECT_EQ(ask("POST", revoke, all, std::string(129, 'k')).status, 400);
  EXPECT_EQ(ask("POST", revoke, all, "key-2").body, "{\"ended\":1,\"more\":false}\n");
  EXPECT_EQ(status(server, cookie), 401);
}

TEST_F(ServeAdmin, ShowsDisablesEnablesAndDeletesUsers) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string cookie = sign_up(server, "ann");
  ASSERT_FALSE(sign_up(server, "bob").empty());
  const RawAnswer found = ask("GET", "/admin/v1/users?username=ann");
  const std::string user = "/admin/v1/users/" + json_text(found.body, "id");
  EXPECT_EQ(count(ask("GET", "/admin/v1/users").body, "\"username\""), 2U);
  EXPECT_NE(ask("GET", "/admin/v1/users?limit=1").body.find("\"next\""), std::string::npos);
  EXPECT_NE(ask("GET", user).body.find("\"disabled\":false"), std::string::npos);

  EXPECT_EQ(ask("POST", user + "/disable").status, 200);
  EXPECT_EQ(status(server, cookie), 401);
  EXPECT_TRUE(log_in(server, "ann").empty());
  EXPECT_NE(ask("GET", user).body.find("\"disabled\":true"), std::string::npos);
  EXPECT_EQ(ask("POST", user + "/enable").status, 200);
  EXPECT_FALSE(log_in(server, "ann").empty());
  EXPECT_EQ(status(server, cookie), 401) << "no session of before comes back";
  EXPECT_EQ(ask("DELETE", user).status, 200);
  EXPECT_TRUE(log_in(server, "ann").empty());
  EXPECT_EQ(ask("GET", user).status, 404);
  EXPECT_EQ(ask("DELETE", user).status, 404);
  EXPECT_EQ(ask("PUT", user).status, 405);
  EXPECT_EQ(ask("POST", user + "/promote").status, 404);
  EXPECT_EQ(ask("GET", "/admin/v1/users/%zz").status, 404);
}

TEST_F(ServeAdmin, ListsEventsByPagesAndFilters) {
  Server server(data(), flags());
  ASSERT_TRUE(server.ready()) << server.program().errors();
  const std::string ann = sign_up(server, "ann");
  ASSERT_FALSE(sign_up(server, "bob").empty());
  ASSERT_FALSE(log_in(server, "ann").empty());
  ASSERT_TRUE(server.ask("POST", "/v1/logout", ann));
  const std::string path = "/admin/v1/events";
  // They are written in the background.
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  while (count(ask("GET", path + "?kind=log_out").body, "\"kind\"") == 0) {
    ASSERT_LT(std::chrono::steady_clock::now(), deadline);
  }
  EXPECT_EQ(count(ask("GET", path + "?kind=sign_up").body, "\"kind\":\"sign_up\""), 2U);
  EXPECT_EQ(count(ask("GET", path + "?username=bob&kind=sign_up").body, "\"kind\""), 1U);
  EXPECT_EQ(count(ask("GET", path + "?until=2020-01-01T00:00:00Z").body, "\"kind\""), 0U);
  const std::string all = ask("GET", path).body;
  EXPECT_EQ(ask("GET", path + "?since=2020-01-01T00:00:00Z").body, all);
  EXPECT_LT(all.find("log_out"), all.find("sign_up")) << "newest first";
  const std::string forward = ask("GET", path + "?order=oldest").body;
  EXPECT_GT(forward.find("log_out"), forward.find("sign_up"));

  std::vector<std::string> ids;
  std::string after;
  do {
    const RawAnswer page = ask("GET", path + "?limit=1" + (after.empty() ? "" : "&after=" + after));
    ASSERT_EQ(page.status, 200) << page.body;
    if (count(page.body, "\"kind\"") == 1) ids.push_back(json_text(page.body, "id", "\"events\""));
    after = json_text(page.body, "next", "]");
  } while (!after.empty());
  EXPECT_EQ(ids.size(), count(all, "\"kind\""));
  for (const std::string& id : ids) EXPECT_EQ(count(all, "\"id\":\"" + id + "\""), 1U) << id;

  EXPECT_EQ(ask("GET", path + "?username=nobody").status, 404);
  EXPECT_EQ(ask("POST", path, "{}").status, 405);
  for (const char* wrong : {"kind=login", "since=yesterday", "order=up", "usr=ann", "limit=0",
                            "after=x", "username=ann&user_id=x"}) {
    EXPECT_EQ(ask("GET", path + "?" + wrong).status, 400) << wrong;
  }
}

}  // namespace
}  // namespace latchkey::testing
