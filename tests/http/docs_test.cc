// docs/http_api.md and docs/pages.md name every code and every address.
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/problem.h"
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

TEST(Docs, NameEveryAddress) {
  const std::string docs = read("http_api.md") + read("pages.md");
  for (const Route& route : all_routes()) {
    EXPECT_THAT(docs, ::testing::HasSubstr(std::string(route.path))) << route.path;
  }
}

}  // namespace
}  // namespace latchkey::http
