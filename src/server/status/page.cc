#include "server/status/page.h"

#include <utility>

#include "codec/text/time_text.h"
#include "server/status/plot.h"

namespace latchkey::server {
namespace {

using Value = std::optional<double>;

// Each takes one number out of what happened in an interval.
Value rate(std::uint64_t count, const Interval& interval) {
  return static_cast<double>(count) / interval.seconds;
}
Value per_minute(std::uint64_t count, const Interval& interval) {
  return 60 * static_cast<double>(count) / interval.seconds;
}
Value milliseconds(const std::optional<double>& seconds) {
  return seconds ? Value{*seconds * 1000} : std::nullopt;
}
Value hit_share(const Sample& counts) {
  const auto asked = counts.cache_hits + counts.cache_misses;
  if (asked == 0) return std::nullopt;
  return 100 * static_cast<double>(counts.cache_hits) / static_cast<double>(asked);
}

class Hour {
 public:
  explicit Hour(const std::vector<Sample>& samples) : all_(intervals(samples)) {
    for (const Interval& interval : all_) {
      const auto ago = samples.back().at - interval.end;
      minutes_ago_.push_back(std::chrono::duration<double>(ago).count() / 60);
    }
  }
  template <class Take>
  Series series(std::string_view name, Take take) const {
    Series out{name};
    for (const Interval& interval : all_) out.values.push_back(take(interval));
    return out;
  }
  Plot plot(std::string_view title, std::string_view unit, std::vector<Series> series) const {
    return {.title = title,
            .unit = unit,
            .minutes_ago = minutes_ago_,
            .series = std::move(series),
            .nothing = "nothing yet"};
  }

 private:
  std::vector<Interval> all_;
  std::vector<double> minutes_ago_;
};

void append_plots(std::string& html, const Hour& hour) {
  using In = const Interval&;
  append_plot(
      html,
      hour.plot("Requests", "/s",
                {hour.series("answered", [](In in) { return rate(in.counts.served, in); }),
                 hour.series("refused (4xx)", [](In in) { return rate(in.counts.refused, in); }),
                 hour.series("failed (5xx)", [](In in) { return rate(in.counts.failed, in); })}));
  append_plot(
      html,
      hour.plot("Latency", "ms",
                {hour.series("median",
                             [](In in) { return milliseconds(quantile(in.counts.latency, 0.5)); }),
                 hour.series("99 %", [](In in) {
                   return milliseconds(quantile(in.counts.latency, 0.99));
                 })}));
  append_plot(
      html,
      hour.plot(
          "Log-ins and sign-ups", "/min",
          {hour.series("succeeded", [](In in) { return per_minute(in.counts.logged_in, in); }),
           hour.series("refused", [](In in) { return per_minute(in.counts.not_logged_in, in); })}));
  Plot hits = hour.plot("Cache hits", "%",
                        {hour.series("hits", [](In in) { return hit_share(in.counts); })});
  hits.top = 100;
  append_plot(html, hits);
  Plot lag = hour.plot("Invalidation lag", "ms",
                       {hour.series("lag", [](In in) { return milliseconds(in.counts.lag); })});
  lag.nothing = "no other node has changed anything";
  append_plot(html, lag);
}

std::string span_text(Millis time) {
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(time).count();
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h";
  return std::to_string(minutes / (24 * 60)) + " d";
}

}  // namespace

std::string status_page(const std::vector<Sample>& samples, const StatusFacts& facts) {
  const UnixTime now = samples.empty() ? facts.started : samples.back().at;
  std::string html =
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"refresh\" content=\"15\"><title>latchkey status</title>"
      "<link rel=\"stylesheet\" href=\"/status.css\"></head><body><header><h1>latchkey</h1>";
  html.append(facts.ready ? "<p class=\"state ready\">ready</p>"
                          : "<p class=\"state\">not ready</p>");
  html.append("<p>version ").append(facts.version).append(", running for ");
  html.append(span_text(now - facts.started)).append(", ");
  html.append(std::to_string(facts.connections));
  html.append(facts.connections == 1 ? " connection" : " connections");
  html.append("</p></header><main>");
  append_plots(html, Hour(samples));
  html.append("</main><footer>The last hour of this node, at ").append(codec::rfc3339(now));
  html.append(". All numbers: <a href=\"/metrics\">/metrics</a></footer></body></html>\n");
  return html;
}

const std::string_view kStatusCss = R"css(:root {
  color-scheme: light dark;
  --ground: #f4f5f7;
  --surface: #ffffff;
  --text: #1a1f26;
  --muted: #56606c;
  --line: #d9dee4;
  --s1: #0b6e6e;
  --s2: #b0721a;
  --s3: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1317;
    --surface: #181d23;
    --text: #e9ecef;
    --muted: #a3adb8;
    --line: #2d353e;
    --s1: #6cd3c9;
    --s2: #e3b566;
    --s3: #ff8a80;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 88rem;
  padding: 1.5rem 1.25rem;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", sans-serif;
}
h1, h2, p, ul { margin: 0; padding: 0; }
header { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; align-items: baseline; }
header p, footer { color: var(--muted); font-size: 0.9375rem; }
h1 { font-size: 1.5rem; }
header .state { color: var(--s3); font-weight: 600; }
header .ready { color: var(--s1); }
main {
  display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr));
  gap: 1rem;
  margin: 1.25rem 0;
}
section {
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: 10px;
  padding: 1rem 1rem 0.75rem;
}
h2 { font-size: 1.0625rem; }
ul { display: flex; flex-wrap: wrap; gap: 0 1.25rem; list-style: none; font-size: 0.875rem; }
li { color: var(--muted); }
b { color: var(--text); font-variant-numeric: tabular-nums; }
section > svg { display: block; width: 100%; height: auto; margin-top: 0.5rem; }
.key { width: 18px; height: 4px; margin-right: 0.4rem; vertical-align: middle; }
.grid { stroke: var(--line); stroke-width: 1; }
.axis { fill: var(--muted); font-size: 12px; }
@media (max-width: 32rem) { .axis { font-size: 16px; } }
.middle { text-anchor: middle; }
.end { text-anchor: end; }
polyline, line {
  fill: none;
  stroke-width: 2;
  stroke-linejoin: round;
  vector-effect: non-scaling-stroke;
}
.s1 { stroke: var(--s1); }
.s2 { stroke: var(--s2); }
.s3 { stroke: var(--s3); }
circle.s1 { fill: var(--s1); }
circle.s2 { fill: var(--s2); }
circle.s3 { fill: var(--s3); }
.hint { fill: transparent; }
.hint:hover { fill: var(--muted); fill-opacity: 0.12; }
a { color: var(--s1); }
)css";

}  // namespace latchkey::server
