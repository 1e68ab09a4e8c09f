#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "latchkey/time.h"

namespace latchkey::cli {

// InspectReport collects what is told about one value, line by line. Texts from outside are made
// fit for a terminal; the value itself and secrets are never given to it.
class InspectReport {
 public:
  void add(std::string_view name, std::string_view text);
  // add_time writes RFC 3339 and how far away that is.
  void add_time(std::string_view name, UnixTime time, UnixTime now);
  void accept(std::string_view by) { verdict_ = std::string{"accepted, "}.append(by); }
  // refuse keeps the first reason.
  void refuse(std::string_view why);
  // leave_open: nothing speaks against the value, but it was not checked.
  void leave_open(std::string_view why) { open_ = why; }

  bool refused() const noexcept { return refused_; }
  // print returns all lines, the verdict last.
  std::string print() const;

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
  std::string verdict_, open_;
  bool refused_ = false;
};

}  // namespace latchkey::cli
