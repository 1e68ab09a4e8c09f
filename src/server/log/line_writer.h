#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::server {

struct LineWriterOptions {
  std::size_t max_bytes = std::size_t{1} << 20;  // waiting lines; what does not fit is lost
  // What to write once the reader takes lines again after `lost` of them were lost; may be empty.
  std::function<std::string(std::uint64_t lost)> notice{};
};

// LineWriter writes lines to a file descriptor on a thread of its own, so that a reader that stops
// reading, a full disk or a closed pipe costs lines and nothing else: no caller ever waits for the
// descriptor. The descriptor is not changed (it may be shared with other programs) and not closed.
//
//   LineWriter out(STDERR_FILENO);
//   out.write("latchkey: ready");
//   out.flush(Millis{500});  // before the process ends
//
// Thread-safe. The destructor does not wait either: its thread ends when the descriptor lets it.
class LineWriter {
 public:
  explicit LineWriter(int fd, LineWriterOptions options = {});
  ~LineWriter();
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  // write queues one line, without its line end. Never blocks; a line too many is counted as lost.
  void write(std::string_view line);
  // flush waits until every line queued before was written or lost, but not longer than `at_most`.
  // False: some still wait.
  bool flush(Millis at_most);
  // lost returns how many lines were never written, so far.
  std::uint64_t lost() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  // the thread's, too, which may outlive this
};

// print_line writes one line to `fd` and waits for it, but not longer than `at_most`.
void print_line(int fd, std::string_view line, Millis at_most = Millis{1000});

}  // namespace latchkey::server
