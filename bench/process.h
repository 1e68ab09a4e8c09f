#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

// Programs a benchmark starts, measures and stops, always by their own pid.
namespace latchkey::bench {

class Process {
 public:
  // Starts `words` on processor `core`; standard output is a pipe, standard error goes to `log`.
  Process(const std::vector<std::string>& words, int core, const std::string& log);
  ~Process();  // SIGTERM, then waits
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // first_line_with returns the first line of standard output that contains `word`.
  std::string first_line_with(const std::string& word);
  // everything returns all output and waits for the end.
  std::string everything();
  // cpu_seconds is user and system time so far, all threads.
  double cpu_seconds() const;
  // resident_megabytes is VmRSS.
  double resident_megabytes() const;

 private:
  pid_t pid_ = -1;
  int output_ = -1;
};

// http_exchange sends `request` to 127.0.0.1:`port` and returns the whole answer of a connection
// that the server closes.
std::string http_exchange(int port, const std::string& request);

}  // namespace latchkey::bench
