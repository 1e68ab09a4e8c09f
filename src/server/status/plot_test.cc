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
  const auto shown = [](double value, const std::string& unit) {
    Plot plot{.title = "A", .unit = unit, .minutes_ago = {0}};
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

// Every number of the picture: a wrong scale draws a line that looks as good as the right one.
TEST(Plot, DrawsEachPointWhereItBelongs) {
  Plot plot{.title = "T", .unit = "ms", .minutes_ago = {60, 30, 0}};
  plot.series = {{"a", {0.0, 50.0, 100.0}}};
  std::string html;
  append_plot(html, plot);
  const auto grid = [](const std::string& y, const std::string& text_y, const std::string& text) {
    return "<line class=\"grid\" x1=\"72.0\" x2=\"630.0\" y1=\"" + y + "\" y2=\"" + y +
           "\"/><text class=\"axis end\" x=\"64.0\" y=\"" + text_y + "\">" + text + "</text>";
  };
  const auto tick = [](const std::string& place, const std::string& x, const std::string& text) {
    return "<text class=\"axis " + place + "\" x=\"" + x + "\" y=\"174.0\">" + text + "</text>";
  };
  const auto hint = [](const std::string& x, const std::string& text) {
    return "<rect class=\"hint\" x=\"" + x +
           "\" y=\"10.0\" width=\"279.0\" height=\"144.0\"><title>" + text + "</title></rect>";
  };
  EXPECT_EQ(html,
            "<section><h2>T</h2><ul><li><svg class=\"key\" viewBox=\"0 0 18 4\" "
            "aria-hidden=\"true\"><line class=\"s1\" x1=\"0\" x2=\"18\" y1=\"2\" y2=\"2\"/></svg>a "
            "<b>100\u00a0ms</b></li></ul><svg viewBox=\"0 0 640.0 180.0\" role=\"img\" "
            "aria-label=\"T in the last hour\">" +
                grid("154.0", "158.0", "0\u00a0ms") + grid("82.0", "86.0", "50\u00a0ms") +
                grid("10.0", "14.0", "100\u00a0ms") + tick("", "72.0", "\u221260\u00a0min") +
                tick("middle", "211.5", "\u221245\u00a0min") +
                tick("middle", "351.0", "\u221230\u00a0min") +
                tick("middle", "490.5", "\u221215\u00a0min") + tick("end", "630.0", "now") +
                "<polyline class=\"s1\" points=\"72.0,154.0 351.0,82.0 630.0,10.0\"/>" +
                hint("72.0", "30 min ago\na: 50\u00a0ms") +
                hint("351.0", "0 min ago\na: 100\u00a0ms") + "</svg></section>");
}

TEST(Plot, ShowsThreeDigitsThatCount) {
  for (const auto& [value, shown] :
       std::initializer_list<std::pair<double, const char*>>{{0, "0"},
                                                             {0.1234, "0.123"},
                                                             {1, "1"},
                                                             {1.234, "1.23"},
                                                             {9.5, "9.5"},
                                                             {10.04, "10"},
                                                             {12.34, "12.3"},
                                                             {100.4, "100"},
                                                             {123.6, "124"}}) {
    std::string html;
    append_plot(html, {.title = "T", .unit = "%", .minutes_ago = {0}, .series = {{"a", {value}}}});
    EXPECT_NE(html.find(std::string("a <b>") + shown + "%</b>"), std::string::npos) << value;
  }
}

// Two series of one plot share a scale, which may also be given; what is over it ends at its edge.
TEST(Plot, AllSeriesShareOneScale) {
  Plot plot{.title = "T", .unit = "", .minutes_ago = {90, 0}};
  plot.series = {{"a", {1.0, 1.0}}, {"b", {3.0, 7.5}}};
  std::string html;
  append_plot(html, plot);
  EXPECT_NE(html.find("class=\"s1\" points=\"72.0,139.6 630.0,139.6\""), std::string::npos) << html;
  EXPECT_NE(html.find("class=\"s2\" points=\"72.0,110.8 630.0,46.0\""), std::string::npos) << html;
  plot.top = 5;
  html.clear();
  append_plot(html, plot);
  EXPECT_NE(html.find("class=\"s2\" points=\"72.0,67.6 630.0,10.0\""), std::string::npos) << html;
  EXPECT_NE(html.find("a: 1\nb: 7.5</title>"), std::string::npos) << html;
}

}  // namespace
}  // namespace latchkey::server
