#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "cli/report.h"
#include "cli/user/each_user.h"
#include "cli/user/transfer.h"
#include "cli/user/user_row.h"
#include "server/serve.h"

namespace latchkey::cli {
namespace {

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, Close>;

Error cannot_write(const std::string& path) {
  return {Errc::bad_config, "the file " + path + " cannot be written: " + std::strerror(errno)};
}

// make_file makes a file that only its owner can read. One that exists is not touched.
Result<File> make_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return cannot_write(path);
  return File(::fdopen(fd, "w"));
}

// write_all writes the users asked for, and returns how many.
Result<std::size_t> write_all(UserAdmin& admin, const TransferInput& input, RowFormat format,
                              std::FILE* out) {
  const auto print = [&](const std::string& line) {
    std::fwrite(line.data(), 1, line.size(), out);
  };
  if (format == RowFormat::csv) print(csv_header(input.hashes));
  std::size_t count = 0;
  const auto write = [&](const StoredUser& user) {
    print(write_row(user, format, input.hashes));
    ++count;
  };
  if (input.user.named.given()) {
    const auto user = find_named(admin, input.user.named);
    if (!user) return user.error();
    write(*user);
  } else {
    const auto next = each_user(admin, input.user, write);
    if (!next) return next.error();
  }
  if (std::fflush(out) != 0 || std::ferror(out) != 0) {
    return Error{Errc::store_unavailable, "not all users could be written: is the disk full?"};
  }
  return count;
}

}  // namespace

int run_user_export(const TransferInput& input) {
  const RowFormat format = format_of(input.format, input.file);
  if (input.hashes && input.file.empty() && ::isatty(STDOUT_FILENO) != 0) {
    return complain(server::kExitUsage,
                    "password hashes are not for a screen: name a file with --output FILE");
  }
  return with_users(input.user.store, Access::read, [&](UserAdmin& admin, Store&) {
    if (input.file.empty()) {
      const auto count = write_all(admin, input, format, stdout);
      return count ? server::kExitOk : fail(count.error());
    }
    auto file = make_file(input.file);
    if (!file) return fail(file.error());
    const auto count = write_all(admin, input, format, file->get());
    if (count && ::fsync(::fileno(file->get())) == 0) {
      std::fprintf(stderr, "wrote %zu users to %s\n", *count, input.file.c_str());
      return server::kExitOk;
    }
    const int code = count ? fail(cannot_write(input.file)) : fail(count.error());
    ::unlink(input.file.c_str());  // half an export looks like a whole one
    return code;
  });
}

}  // namespace latchkey::cli
