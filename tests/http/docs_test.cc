// docs/http_api.md and docs/pages.md name every code and every address.
#include <cctype>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/api/problem.h"
#include "http/routes.h"

namespace latchkey::http {
namespace {

std::string read(const std::string& name) {
  const std::ifstream file(std::string(LATCHKEY_SOURCE_DIR) + "/docs/" + name);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Docs, NameEveryProblemWithItsStatus) {
  const std::string api = read("http_api.md");
  for (std::size_t i = 0; i < kProblems; ++i) {
    const ProblemText& text = problem_text(static_cast<Problem>(i));
    EXPECT_THAT(api, ::testing::HasSubstr("| `" + std::string(text.code) + "` | " +
                                          std::to_string(text.status) + " |"));
  }
}

// names returns whether `path` is there as a whole: `/login` in `/v1/login` is another address.
bool names(const std::string& docs, const std::string& path) {
  const auto continues = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '/' || c == '-' || c == '_';
  };
  for (std::size_t at = docs.find(path); at != std::string::npos; at = docs.find(path, at + 1)) {
    const std::size_t end = at + path.size();
    const bool begins = at > 0 && (docs[at - 1] == '`' || docs[at - 1] == ' ');
    if (begins && end < docs.size() && !continues(docs[end])) return true;
  }
  return false;
}

TEST(Docs, AnAddressInsideAnotherIsNotNamed) {
  EXPECT_FALSE(names("see `POST /v1/login` ", "/login"));
  EXPECT_FALSE(names("see `POST /v1/login` ", "/v1"));
  EXPECT_FALSE(names("see `GET /sessions/end` ", "/sessions"));
  EXPECT_TRUE(names("see `POST /login` ", "/login"));
  EXPECT_TRUE(names("see `/login` ", "/login"));
}

TEST(Docs, NameEveryAddress) {
  const std::string docs = read("http_api.md") + read("pages.md");
  ASSERT_FALSE(all_routes().empty());
  for (const Route& route : all_routes()) {
    EXPECT_TRUE(names(docs, std::string(route.path))) << route.path;
  }
}

}  // namespace
}  // namespace latchkey::http
