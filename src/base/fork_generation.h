#pragma once

namespace latchkey {

// fork_generation counts the calls of fork() between the program's start and this process: a child
// sees a larger number than its parent. What must not be shared with a parent (buffered random
// bytes, connections, threads that a child does not have) remembers the number it was made under.
// Never 0. One load; thread-safe, also right after fork().
unsigned fork_generation() noexcept;

// counts_forks is false if the system took no fork handler; fork_generation then never changes.
bool counts_forks() noexcept;

}  // namespace latchkey
