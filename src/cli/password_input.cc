#include "cli/password_input.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <string_view>
#include <utility>

#include "base/bad_config.h"
#include "latchkey/accounts.h"
#include "server/files/descriptor.h"
#include "server/files/secret_file.h"

namespace latchkey::cli {
namespace {

// One more than a password may have, and a line feed: what is longer is still seen to be.
constexpr std::size_t kMost = kMaxPasswordBytes + 3;

// Buffer is wiped when it dies.
struct Buffer {
  std::array<char, kMost> bytes{};
  std::size_t size = 0;
  ~Buffer() { wipe(bytes.data(), bytes.size()); }
  std::string_view text() const { return {bytes.data(), size}; }
};

// read_all reads to the end or until the buffer is full.
bool read_all(int fd, Buffer& buffer) {
  while (buffer.size < buffer.bytes.size()) {
    const ssize_t got =
        ::read(fd, buffer.bytes.data() + buffer.size, buffer.bytes.size() - buffer.size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return false;
    if (got == 0) break;
    buffer.size += static_cast<std::size_t>(got);
  }
  return true;
}

Result<SecretBytes> only_line(std::string_view text, const std::string& name) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (text.empty()) return bad_config(name + " is empty: it holds the password, in one line");
  if (text.find_first_of("\r\n") != std::string_view::npos) {
    return bad_config(name + " has more than one line: it holds the password alone");
  }
  return SecretBytes(text);
}

// NoEcho keeps what is typed off the screen while it lives.
class NoEcho {
 public:
  explicit NoEcho(int fd) : fd_(fd), changed_(::tcgetattr(fd, &before_) == 0) {
    termios silent = before_;
    silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &silent);
  }
  ~NoEcho() {
    if (changed_) ::tcsetattr(fd_, TCSAFLUSH, &before_);
  }
  NoEcho(const NoEcho&) = delete;
  NoEcho& operator=(const NoEcho&) = delete;

 private:
  const int fd_;
  termios before_{};
  const bool changed_;
};

void say(int fd, std::string_view text) { (void)!::write(fd, text.data(), text.size()); }

// ask reads one line from the terminal.
bool ask(int terminal, std::string_view question, Buffer& answer) {
  say(terminal, question);
  ssize_t got = -1;
  do {
    got = ::read(terminal, answer.bytes.data(), answer.bytes.size());
  } while (got < 0 && errno == EINTR);
  say(terminal, "\n");
  answer.size = got > 0 ? static_cast<std::size_t>(got) : 0;
  return got > 0;
}

Result<SecretBytes> ask_twice() {
  const server::Descriptor terminal(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
  if (terminal.get() < 0 || ::isatty(STDIN_FILENO) == 0) {
    return bad_config(
        "a password is needed: give a file with --password-file FILE, or - for standard input");
  }
  const NoEcho quiet(terminal.get());
  Buffer first, second;
  if (!ask(terminal.get(), "New password: ", first) ||
      !ask(terminal.get(), "The same again: ", second)) {
    return bad_config("no password was given");
  }
  if (first.text() != second.text())
    return bad_config("the two passwords are not the same; try again");
  return only_line(first.text(), "the password");
}

}  // namespace

Result<SecretBytes> read_password(const std::string& file) {
  if (file.empty()) return ask_twice();
  const bool standard = file == "-";
  const std::string name = standard ? "standard input" : "the password file " + file;
  Buffer buffer;
  const server::Descriptor opened(standard ? ::dup(STDIN_FILENO)
                                           : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
  if (opened.get() < 0 || !read_all(opened.get(), buffer)) {
    return bad_config(name + " cannot be read: " + std::strerror(errno));
  }
  return only_line(buffer.text(), name);
}

}  // namespace latchkey::cli
