#include "cli/batch/batch.h"

#include "server/serve.h"

namespace latchkey::cli {

int run_batch(std::istream& in, std::ostream& out, LineJudge judge, std::int64_t now_ms) {
  for (std::string line; std::getline(in, line);) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    out << judge(line, now_ms) << '\n';
    if (in.rdbuf()->in_avail() <= 0) out.flush();
    if (!out) return server::kExitFailed;
  }
  out.flush();
  return out ? server::kExitOk : server::kExitFailed;
}

}  // namespace latchkey::cli
