#include <sys/random.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>

// libxcrypt asks for arc4random_buf, which glibc has since 2.36. The addon runs on older ones, so
// it brings its own. Only the making of bcrypt's salts uses it, which we never ask for.
extern "C" void arc4random_buf(void* out, std::size_t size) {
  for (auto* next = static_cast<unsigned char*>(out); size > 0;) {
    const ssize_t got = ::getrandom(next, size, 0);
    if (got < 0 && errno != EINTR) std::abort();
    if (got <= 0) continue;
    next += got;
    size -= static_cast<std::size_t>(got);
  }
}
