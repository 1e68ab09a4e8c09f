#include "base/metrics.h"

#include <array>
#include <charconv>

namespace latchkey {

std::string number_text(double value) {
  std::array<char, 32> digits{};
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return {digits.data(), end};
}

void append_family(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help) {
  out.append("# HELP ").append(name).append(" ").append(help);
  out.append("\n# TYPE ").append(name).append(" ").append(type).append("\n");
}

void append_sample(std::string& out, std::string_view name, std::string_view labels, double value) {
  out.append(name);
  if (!labels.empty()) out.append("{").append(labels).append("}");
  out.append(" ").append(number_text(value)).append("\n");
}

void append_metric(std::string& out, std::string_view name, std::string_view type,
                   std::string_view help, double value) {
  append_family(out, name, type, help);
  append_sample(out, name, {}, value);
}

Counter& Metrics::add(std::string_view name, std::string_view help, std::string_view labels) {
  const MutexLock lock(mutex_);
  Entry& entry = entries_.emplace_back();
  entry.name = name;
  entry.help = help;
  entry.labels = labels;
  return entry.counter;
}

std::string Metrics::text() const {
  const MutexLock lock(mutex_);
  std::string out;
  std::string_view family;
  for (const Entry& entry : entries_) {
    if (entry.name != family) {
      family = entry.name;
      out.append("# HELP ").append(family).append(" ").append(entry.help);
      out.append("\n# TYPE ").append(family).append(" counter\n");
    }
    out.append(family).append("{").append(entry.labels).append("} ");
    out.append(std::to_string(entry.counter.value())).append("\n");
  }
  return out;
}

}  // namespace latchkey
