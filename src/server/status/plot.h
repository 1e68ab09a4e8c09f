#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::server {

// Series is one line of a plot: a value for each point in time, or none where nothing is known.
struct Series {
  std::string_view name;
  std::vector<std::optional<double>> values{};
};

// Plot is a diagram of the last hour. All texts are literals of ours and are not escaped.
struct Plot {
  std::string_view title;
  std::string_view unit;                 // behind a number, such as "ms"
  std::vector<double> minutes_ago{};     // of each point, the oldest first
  std::vector<Series> series{};          // at most three
  std::optional<double> top{};           // where the axis ends; nothing: beyond the largest value
  std::string_view nothing = "no data";  // what to say where no series has a value
};

// append_plot writes it as a section of HTML with an inline SVG and the latest values. Colours and
// fonts are those of status_css.
void append_plot(std::string& html, const Plot& plot);

// axis_end returns a round number that is not below `most`: 1, 2 or 5 times a power of ten.
double axis_end(double most) noexcept;

}  // namespace latchkey::server
