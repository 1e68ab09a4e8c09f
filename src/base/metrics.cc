#include "base/metrics.h"

namespace latchkey {

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
