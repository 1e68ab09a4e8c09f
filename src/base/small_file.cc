#include "base/small_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

#include "latchkey/secret.h"

namespace latchkey {

// Not with a stream: those of the standard library make a tenth of the addon, and keep a copy.
std::optional<std::string> read_small_file(const std::string& path) {
  constexpr std::size_t kLimit = std::size_t{1} << 20;
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string text;
  std::size_t size = 0;
  bool whole = false;
  while (!whole && size <= kLimit) {
    if (size == text.size()) {
      std::string larger(size == 0 ? 4096 : 2 * size, '\0');
      larger.replace(0, size, text);
      wipe(text.data(), text.size());
      text.swap(larger);
    }
    const ::ssize_t got = ::read(file, text.data() + size, text.size() - size);
    if (got < 0 && errno != EINTR) break;
    whole = got == 0;
    if (got > 0) size += static_cast<std::size_t>(got);
  }
  ::close(file);
  if (!whole || size > kLimit) {
    wipe(text.data(), text.size());
    return std::nullopt;
  }
  text.resize(size);
  return text;
}

}  // namespace latchkey
