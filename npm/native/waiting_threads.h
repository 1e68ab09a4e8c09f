#pragma once

#include <functional>

namespace latchkey::node {

// run_waiting runs `job` on a thread that may wait: one that is idle, or a new one while there are
// less than 64, else the first that becomes free. Threads that nobody needs end by themselves.
void run_waiting(std::function<void()> job);

}  // namespace latchkey::node
