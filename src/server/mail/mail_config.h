#pragma once

#include <string>
#include <vector>

#include "latchkey/time.h"

namespace latchkey::server {

// MailConfig says who sends our mail. Neither command nor spool: nobody, and then there is none.
struct MailConfig {
  std::vector<std::string> command;  // with its arguments; gets each mail as JSON
  std::string spool;                 // a directory; gets a file for each
  std::string templates;             // a directory; empty: the built-in texts
  Millis timeout = std::chrono::seconds{30};
  bool new_device = true;  // a mail informs users of log-ins from unknown browsers

  bool enabled() const noexcept { return !command.empty() || !spool.empty(); }
};

}  // namespace latchkey::server
