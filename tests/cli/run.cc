#include "tests/cli/run.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

std::string file_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

}  // namespace

Ran run(const std::vector<std::string>& args, std::string_view input,
        const std::vector<std::pair<std::string, std::string>>& environment) {
  const TempDirectory directory;
  const std::string in = directory.path() + "/in", out = directory.path() + "/out",
                    err = directory.path() + "/err";
  std::ofstream(in, std::ios::binary) << input;
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  constexpr int kMake = O_WRONLY | O_CREAT | O_TRUNC;
  posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), kMake, 0600);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), kMake, 0600);
  std::vector<std::string> words{LATCHKEY_PROGRAM};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<std::string> variables;
  for (const auto& [name, value] : environment) variables.push_back(name + "=" + value);
  pid_t child = 0;
  const int failed = ::posix_spawn(&child, LATCHKEY_PROGRAM, &files, nullptr,
                                   pointers(words).data(), pointers(variables).data());
  posix_spawn_file_actions_destroy(&files);
  int status = 0;
  if (failed != 0 || ::waitpid(child, &status, 0) != child) {
    throw std::runtime_error("the program cannot be run: " LATCHKEY_PROGRAM);
  }
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, file_text(out), file_text(err)};
}

std::vector<std::string> lines(std::string_view text) {
  std::vector<std::string> all;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    all.emplace_back(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return all;
}

}  // namespace latchkey::testing
