#include "server/status/plot.h"

#include <gtest/gtest.h>

namespace latchkey::server {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(part, at)) != std::string::npos; at += part.size())
    ++found;
  return found;
}

TEST(Plot, AnAxisEndsAtARoundNumber) {
  for (const auto& [most, end] : std::initializer_list<std::pair<double, double>>{
           {0, 1}, {-1, 1}, {0.003, 0.005}, {1, 1}, {1.01, 2}, {3, 5}, {5.5, 10}, {2000, 2000}}) {
    EXPECT_DOUBLE_EQ(axis_end(most), end) << most;
  }
}

TEST(Plot, DrawsALineForEachStretchThatIsKnown) {
  Plot plot{.title = "Requests", .unit = "/s", .minutes_ago = {40, 30, 20, 10, 0}};
  plot.series = {{"a", {1.0, 2.0, {}, 4.0, 5.0}}, {"b", {{}, {}, 3.0, {}, {}}}};
  std::string html;
  append_plot(html, plot);
  EXPECT_EQ(count(html, "<polyline class=\"s1\""), 2U) << html;
  EXPECT_EQ(count(html, "<circle class=\"s2\""), 1U) << html;
  EXPECT_NE(html.find("points=\"258.0,"), std::string::npos) << html;
  EXPECT_NE(html.find("a <b>5\u00a0/s</b>"), std::string::npos) << html;
  EXPECT_NE(html.find("b <b>\u2013</b>"), std::string::npos) << html;
  EXPECT_EQ(html.find("no data"), std::string::npos);
}

TEST(Plot, LargeNumbersAreShort) {
  const auto shown = [](double value, std::string_view unit) {
    Plot plot{.title = "A", .unit = std::string(unit), .minutes_ago = {0}};
    plot.series = {{"a", {value}}};
    std::string html;
    append_plot(html, plot);
    const std::size_t at = html.find("a <b>") + 5;
    return html.substr(at, html.find("</b>", at) - at);
  };
  EXPECT_EQ(shown(999, "ms"), "999\u00a0ms");
  EXPECT_EQ(shown(10'000, "ms"), "10\u00a0s");
  EXPECT_EQ(shown(9999, "/s"), "9999\u00a0/s");
  EXPECT_EQ(shown(25'000, "/s"), "25k\u00a0/s");
}

TEST(Plot, SaysThatThereIsNothing) {
  std::string html;
  append_plot(html, {.title = "Lag", .unit = "ms", .series = {{"lag", {}}}, .nothing = "one node"});
  EXPECT_NE(html.find(">one node</text>"), std::string::npos);
  EXPECT_EQ(html.find("nan"), std::string::npos);
}

}  // namespace
}  // namespace latchkey::server
