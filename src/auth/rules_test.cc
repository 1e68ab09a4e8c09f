#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <sstream>

#include "auth/cookie_rule.h"
#include "auth/touch_rule.h"

// The two rules against their tables, which other shapes read, too.
namespace latchkey::auth {
namespace {

using Row = std::map<std::string, std::string>;

// rows reads a table: the first line that is no comment names the columns.
std::vector<Row> rows(const std::string& name) {
  std::ifstream file(std::string(LATCHKEY_SOURCE_DIR "/tests/auth_cases/") + name);
  std::vector<std::string> columns;
  std::vector<Row> out;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream words(line);
    std::vector<std::string> cells;
    for (std::string word; words >> word;) cells.push_back(word);
    if (columns.empty()) {
      columns = cells;
      continue;
    }
    EXPECT_EQ(cells.size(), columns.size()) << line;
    Row row{{"line", line}};
    for (std::size_t i = 0; i < cells.size(); ++i) row[columns[i]] = cells[i];
    out.push_back(std::move(row));
  }
  return out;
}

bool yes(const Row& row, const std::string& column) {
  const std::string& cell = row.at(column);
  EXPECT_TRUE(cell == "yes" || cell == "no") << row.at("line");
  return cell == "yes";
}

TEST(TouchRule, AnswersEveryCaseOfItsTable) {
  const auto cases = rows("touch_rule.txt");
  EXPECT_EQ(cases.size(), 5U * 2 * 2 * 2 * 2);
  for (const Row& row : cases) {
    const bool touch = may_touch({.carrier = find_carrier(row.at("carrier")).value(),
                                  .renew_cookie = yes(row, "renew"),
                                  .may_write = yes(row, "write"),
                                  .prefetch = yes(row, "prefetch"),
                                  .passive = yes(row, "passive")});
    EXPECT_EQ(touch, yes(row, "touch")) << row.at("line");
  }
}

TEST(CookieRule, AnswersEveryCaseOfItsTable) {
  static const std::map<std::string, Moment> kMoments{
      {"look", Moment::look}, {"change", Moment::change}, {"end", Moment::end}};
  static const std::map<std::string, Brought> kBrought{
      {"nothing", Brought::nothing}, {"one", Brought::one}, {"several", Brought::several}};
  static const std::map<std::string, SessionState> kStates{{"none", SessionState::none},
                                                           {"expired", SessionState::expired},
                                                           {"revoked", SessionState::revoked},
                                                           {"active", SessionState::active}};
  const auto cases = rows("cookie_rule.txt");
  EXPECT_GE(cases.size(), 70U);
  for (const Row& row : cases) {
    const CookieAction action = cookie_rule({.moment = kMoments.at(row.at("moment")),
                                             .brought = kBrought.at(row.at("brought")),
                                             .state = kStates.at(row.at("state")),
                                             .unknown_key = row.at("key") == "unknown",
                                             .token = yes(row, "token"),
                                             .due = yes(row, "due"),
                                             .offers = yes(row, "offers"),
                                             .may_write = yes(row, "write"),
                                             .prefetch = yes(row, "prefetch"),
                                             .navigation = yes(row, "page"),
                                             .bearer = yes(row, "bearer")});
    EXPECT_EQ(cookie_action_name(action), row.at("cookie")) << row.at("line");
  }
}

}  // namespace
}  // namespace latchkey::auth
