#include "server/status/plot.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace latchkey::server {
namespace {

constexpr double kPlotWidth = 640, kPlotHeight = 180;
constexpr double kPlotLeft = 72, kPlotRight = 10, kPlotTop = 10, kPlotBottom = 26;
constexpr double kPlotMinutes = 60;

std::string shown_number(double value) {
  char text[32];
  const double size = std::fabs(value);
  const int digits = size >= 100 || size == 0 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3;
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  std::string shown = text;
  if (shown.find('.') == std::string::npos) return shown;
  while (shown.ends_with('0')) shown.pop_back();
  if (shown.ends_with('.')) shown.pop_back();
  return shown;
}

// Short enough for the room beside the axis, on a phone, too.
std::string with_unit(double value, std::string_view unit) {
  if (unit == "ms" && value >= 1000) return with_unit(value / 1000, "s");
  if (value >= 10'000) return shown_number(value / 1000).append("k\u00a0").append(unit);
  return shown_number(value).append(unit.empty() || unit == "%" ? "" : "\u00a0").append(unit);
}

std::string coordinate(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  return text;
}

struct Scale {
  double top = 1;
  double x(double minutes_ago) const noexcept {
    const double share = 1 - std::clamp(minutes_ago / kPlotMinutes, 0.0, 1.0);
    return kPlotLeft + share * (kPlotWidth - kPlotLeft - kPlotRight);
  }
  double y(double value) const noexcept {
    const double share = 1 - std::clamp(value / top, 0.0, 1.0);
    return kPlotTop + share * (kPlotHeight - kPlotTop - kPlotBottom);
  }
};

void append_axes(std::string& html, const Plot& plot, const Scale& scale) {
  for (const double share : {0.0, 0.5, 1.0}) {
    const std::string y = coordinate(scale.y(share * scale.top));
    html.append("<line class=\"grid\" x1=\"").append(coordinate(kPlotLeft)).append("\" x2=\"");
    html.append(coordinate(kPlotWidth - kPlotRight))
        .append("\" y1=\"")
        .append(y)
        .append("\" y2=\"");
    html.append(y).append("\"/><text class=\"axis end\" x=\"").append(coordinate(kPlotLeft - 8));
    html.append("\" y=\"").append(coordinate(scale.y(share * scale.top) + 4)).append("\">");
    html.append(with_unit(share * scale.top, plot.unit)).append("</text>");
  }
  for (const int minutes : {60, 45, 30, 15, 0}) {
    html.append("<text class=\"axis ").append(minutes == 0 ? "end" : minutes == 60 ? "" : "middle");
    html.append("\" x=\"").append(coordinate(scale.x(minutes))).append("\" y=\"");
    html.append(coordinate(kPlotHeight - 6)).append("\">");
    html.append(minutes == 0 ? "now" : "\u2212" + std::to_string(minutes) + "\u00a0min");
    html.append("</text>");
  }
}

// A line for each stretch of known values; one that stands alone is a dot.
void append_line(std::string& html, const Plot& plot, const Scale& scale, std::size_t index) {
  const Series& series = plot.series[index];
  const std::string style = "s" + std::to_string(index + 1);
  std::string points;
  std::size_t in_stretch = 0;
  const auto finish = [&] {
    if (in_stretch == 1) {
      const std::size_t comma = points.find(',');
      html.append("<circle class=\"").append(style).append("\" r=\"2.5\" cx=\"");
      html.append(points, 0, comma).append("\" cy=\"").append(points, comma + 1).append("\"/>");
    } else if (in_stretch > 1) {
      html.append("<polyline class=\"").append(style).append("\" points=\"").append(points);
      html.append("\"/>");
    }
    points.clear();
    in_stretch = 0;
  };
  for (std::size_t i = 0; i < series.values.size() && i < plot.minutes_ago.size(); ++i) {
    if (!series.values[i]) {
      finish();
      continue;
    }
    if (in_stretch++ > 0) points.append(" ");
    points.append(coordinate(scale.x(plot.minutes_ago[i]))).append(",");
    points.append(coordinate(scale.y(*series.values[i])));
  }
  finish();
}

std::optional<double> latest(const Series& series) {
  return series.values.empty() ? std::nullopt : series.values.back();
}

// Browsers show a title where the pointer rests, so values can be read without a script.
void append_hints(std::string& html, const Plot& plot, const Scale& scale) {
  const std::size_t points = plot.minutes_ago.size();
  for (std::size_t i = 0; i < points; ++i) {
    const double from = scale.x(plot.minutes_ago[i == 0 ? 0 : i - 1]);
    const double to = scale.x(plot.minutes_ago[i]);
    if (to <= from) continue;
    html.append("<rect class=\"hint\" x=\"").append(coordinate(from)).append("\" y=\"");
    html.append(coordinate(kPlotTop)).append("\" width=\"").append(coordinate(to - from));
    html.append("\" height=\"")
        .append(coordinate(kPlotHeight - kPlotTop - kPlotBottom))
        .append("\"><title>");
    html.append(shown_number(std::round(plot.minutes_ago[i] * 10) / 10)).append(" min ago");
    for (const Series& series : plot.series) {
      if (i >= series.values.size() || !series.values[i]) continue;
      html.append("\n").append(series.name).append(": ");
      html.append(with_unit(*series.values[i], plot.unit));
    }
    html.append("</title></rect>");
  }
}

void append_legend(std::string& html, const Plot& plot) {
  html.append("<ul>");
  for (std::size_t i = 0; i < plot.series.size(); ++i) {
    const auto value = latest(plot.series[i]);
    html.append("<li><svg class=\"key\" viewBox=\"0 0 18 4\" aria-hidden=\"true\"><line class=\"s");
    html.append(std::to_string(i + 1)).append("\" x1=\"0\" x2=\"18\" y1=\"2\" y2=\"2\"/></svg>");
    html.append(plot.series[i].name).append(" <b>");
    html.append(value ? with_unit(*value, plot.unit) : "\u2013").append("</b></li>");
  }
  html.append("</ul>");
}

}  // namespace

double axis_end(double most) noexcept {
  if (!(most > 0) || !std::isfinite(most)) return 1;
  const double power = std::pow(10, std::floor(std::log10(most)));
  for (const double step : {1.0, 2.0, 5.0}) {
    if (most <= step * power * (1 + 1e-9)) return step * power;
  }
  return 10 * power;
}

void append_plot(std::string& html, const Plot& plot) {
  double most = 0;
  bool any = false;
  for (const Series& series : plot.series) {
    for (const auto& value : series.values) {
      any = any || value;
      most = std::max(most, value.value_or(0));
    }
  }
  const Scale scale{plot.top.value_or(axis_end(most))};
  html.append("<section><h2>").append(plot.title).append("</h2>");
  append_legend(html, plot);
  html.append("<svg viewBox=\"0 0 ").append(coordinate(kPlotWidth)).append(" ");
  html.append(coordinate(kPlotHeight)).append("\" role=\"img\" aria-label=\"").append(plot.title);
  html.append(" in the last hour\">");
  append_axes(html, plot, scale);
  for (std::size_t i = 0; i < plot.series.size(); ++i) append_line(html, plot, scale, i);
  append_hints(html, plot, scale);
  if (!any) {
    html.append("<text class=\"axis middle\" x=\"").append(coordinate(kPlotWidth / 2));
    html.append("\" y=\"").append(coordinate(kPlotHeight / 4)).append("\">").append(plot.nothing);
    html.append("</text>");
  }
  html.append("</svg></section>");
}

}  // namespace latchkey::server
