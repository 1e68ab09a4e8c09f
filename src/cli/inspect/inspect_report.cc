#include "cli/inspect/inspect_report.h"

#include "base/utf8.h"
#include "cli/moment.h"
#include "codec/text/time_text.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kMaxText = 65536;
constexpr std::size_t kColumn = 14;

void append_line(std::string& out, std::string_view name, std::string_view text) {
  out.append(name);
  out.append(name.size() < kColumn ? kColumn - name.size() : 1, ' ');
  out.append(text).append("\n");
}

}  // namespace

void InspectReport::add(std::string_view name, std::string_view text) {
  lines_.emplace_back(name, clean_line(text, kMaxText));
}

void InspectReport::add_time(std::string_view name, UnixTime time, UnixTime now) {
  if (time < UnixTime{} || time > kNever) return add(name, "beyond the year 9999");
  add(name, codec::rfc3339(time) + " (" + relative_text(time, now) + ")");
}

void InspectReport::refuse(std::string_view why) {
  if (refused_) return;
  refused_ = true;
  verdict_ = "refused: " + clean_line(why, kMaxText);
}

std::string InspectReport::print() const {
  std::string out;
  for (const auto& [name, text] : lines_) append_line(out, name, text);
  append_line(out, "verdict", !verdict_.empty() ? verdict_ : "not checked: " + open_);
  return out;
}

}  // namespace latchkey::cli
