#pragma once

#include <cstdint>
#include <istream>
#include <ostream>
#include <string>
#include <string_view>

namespace latchkey::cli {

// LineJudge answers one request of a batch; `now_ms` is for requests that bring no time.
using LineJudge = std::string (*)(std::string_view line, std::int64_t now_ms);

// run_batch answers every line of `in` that is not blank with one line on `out`, in order, and
// hands over what it has whenever `in` has nothing ready, so that a program may ask one thing at a
// time. Returns the exit code.
int run_batch(std::istream& in, std::ostream& out, LineJudge judge, std::int64_t now_ms);

}  // namespace latchkey::cli
