#include "http/verify/path_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using ::testing::HasSubstr;

PathRules rules(std::vector<std::string> entries) {
  auto parsed = PathRules::parse(entries);
  EXPECT_TRUE(parsed) << (parsed ? "" : parsed.error().detail);
  return parsed ? std::move(*parsed) : PathRules{};
}

std::string need(const PathRules& rules, std::string_view path,
                 std::string_view host = "app.example.com") {
  const Need need = rules.find(host, path);
  return need.open ? "public" : "level" + std::to_string(need.level);
}

TEST(PathRules, TheLongestPathThatMatchesDecides) {
  const PathRules some = rules({"/* public", "/app/* protected", "/app/admin/*  level2",
                                "/app/admin/help public", "/app/admin level3"});
  EXPECT_EQ(need(some, "/"), "public");
  EXPECT_EQ(need(some, "/apple"), "public");
  EXPECT_EQ(need(some, "/app"), "level0");
  EXPECT_EQ(need(some, "/app/"), "level0");
  EXPECT_EQ(need(some, "/app/admin/users"), "level2");
  EXPECT_EQ(need(some, "/app/admin/help"), "public");
  EXPECT_EQ(need(some, "/app/admin/help/more"), "level2");
  EXPECT_EQ(need(some, "/app/admin"), "level3") << "one path before all below it";
  EXPECT_EQ(need(rules({"/assets/* public"}), "/other"), "level0") << "protected by default";
}

TEST(PathRules, ARuleForOneHostDecidesBeforeThoseForAll) {
  const PathRules some = rules({"/a/b/* level2", "Wiki.example.com/* public"});
  EXPECT_EQ(need(some, "/a/b/c"), "level2");
  EXPECT_EQ(need(some, "/a/b/c", "wiki.example.com"), "public");
  EXPECT_EQ(need(some, "/a/b/c", "WIKI.example.com"), "public");
  EXPECT_EQ(need(some, "/x", ""), "level0");
}

TEST(PathRules, R129OtherLettersOfARuleNeverLoosenIt) {
  const PathRules some = rules({"/* public", "/Admin/* level2", "/Admin/open/* public"});
  EXPECT_EQ(need(some, "/admin/x"), "level2");
  EXPECT_EQ(need(some, "/ADMIN"), "level2");
  EXPECT_EQ(need(some, "/Admin/open/x"), "public");
  EXPECT_EQ(need(some, "/Admin/OPEN/x"), "level2") << "a public path is public as it is written";
}

TEST(PathRules, R129ASlashAtTheEndNeverLoosensARule) {
  const PathRules some = rules({"/* public", "/admin level2", "/a/b/ level3", "/open public"});
  EXPECT_EQ(need(some, "/admin/"), "level2");
  EXPECT_EQ(need(some, "/ADMIN/"), "level2");
  EXPECT_EQ(need(some, "/admin/x"), "public") << "another path, not another spelling";
  EXPECT_EQ(need(some, "/a/b"), "level3");
  EXPECT_EQ(need(some, "/a/b/"), "level3");
  EXPECT_EQ(need(some, "/"), "public");
  EXPECT_EQ(need(rules({"/open public"}), "/open/"), "level0") << "public as it is written";
  EXPECT_EQ(need(rules({"/a level2", "/a/ public"}), "/a/"), "public") << "both were written";
  EXPECT_EQ(need(rules({"/ level2", "/* public"}), "/"), "level2");
}

TEST(PathRules, TellsWhetherAHostDecides) {
  EXPECT_FALSE(PathRules{}.name_hosts());
  EXPECT_FALSE(rules({"/a public"}).name_hosts());
  EXPECT_TRUE(rules({"/a public", "wiki.example.com/* level2"}).name_hosts());
}

TEST(PathRules, RefusesWhatCannotMatchAndSaysWhy) {
  for (const std::string entry : {"",
                                  "/a",
                                  "public",
                                  "/a secret",
                                  "/a level4",
                                  "/a LEVEL2",
                                  "a public",
                                  "/a*b public",
                                  "/*/a public",
                                  "/a** public",
                                  "/a/%41 public",
                                  "/a//b public",
                                  "/a/../b public",
                                  "/a;b public",
                                  "/a?b public",
                                  "/a\\b public",
                                  "/a b public",
                                  "http://h/a public",
                                  "host:80/a public",
                                  "/a//* public",
                                  "* public",
                                  "/a/./* level2"}) {
    EXPECT_FALSE(PathRules::parse(std::vector{entry})) << entry;
  }
  const auto twice = PathRules::parse(std::vector<std::string>{"/a/* public", "/a/* level2"});
  ASSERT_FALSE(twice);
  EXPECT_THAT(twice.error().detail, HasSubstr("twice"));
}

}  // namespace
}  // namespace latchkey::http
