#include "latchkey/leaked_passwords.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <optional>
#include <utility>

#include "base/bad_config.h"
#include "base/text.h"
#include "crypto/digest.h"
#include "latchkey/secret.h"

// line = hexadecimal-digits ":" count [CR] LF; docs/operate.md has the forms of a list.
namespace latchkey {
namespace {

constexpr std::size_t kSha1Digits = 40;
constexpr std::size_t kPrefixDigits = 5;  // of the name of a file in a directory
constexpr std::size_t kMostLine = 80;     // a longer one belongs to no list

Error bad_list(const std::string& path, std::string_view why) {
  return bad_config("the list of leaked passwords " + path + ": " + std::string(why));
}
// lost_list: the list was there when the program started.
Error lost_list(const std::string& path) {
  return {Errc::store_unavailable, "the list of leaked passwords cannot be read: " + path};
}

// LeakedLine is one line: its digits in small letters, and whether its count is above 0.
struct LeakedLine {
  std::string digits{};
  bool counts = false;
};

std::optional<LeakedLine> read_line(std::string_view line, std::size_t digits) {
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  if (line.size() < digits + 2 || line[digits] != ':') return std::nullopt;
  const std::string_view count = line.substr(digits + 1);
  if (!std::all_of(count.begin(), count.end(), is_digit)) return std::nullopt;
  const std::string_view hash = line.substr(0, digits);
  const auto is_hex = [](char c) { return hex_value(c) >= 0; };
  if (!std::all_of(hash.begin(), hash.end(), is_hex)) return std::nullopt;
  return LeakedLine{ascii_lower(hash), count.find_first_not_of('0') != std::string_view::npos};
}

enum class Took : std::uint8_t { line, end, wrong };

// take_line reads one line. `wrong`: the file cannot be read, or the line is longer than any of a
// list's. A list has no empty line but at its end.
Took take_line(std::ifstream& file, std::string& line) {
  std::array<char, kMostLine + 2> text{};
  file.getline(text.data(), text.size());
  if (file.bad()) return Took::wrong;
  if (file.eof() && file.gcount() == 0) return Took::end;
  if (file.fail()) return Took::wrong;
  line = text.data();
  if (!line.empty()) return Took::line;
  return file.peek() == std::ifstream::traits_type::eof() ? Took::end : Took::wrong;
}

// open_range opens the file of a prefix, which has capitals, under either of its names.
std::ifstream open_range(const std::string& directory, std::string prefix) {
  for (char& c : prefix) c = c >= 'a' && c <= 'f' ? static_cast<char>(c - 'a' + 'A') : c;
  std::ifstream file(directory + "/" + prefix + ".txt", std::ios::binary);
  if (!file) file = std::ifstream(directory + "/" + prefix, std::ios::binary);
  return file;
}

Result<bool> find_in_directory(const std::string& directory, const std::string& digits) {
  std::ifstream file = open_range(directory, digits.substr(0, kPrefixDigits));
  if (!file) return lost_list(directory);
  const std::string_view rest = std::string_view(digits).substr(kPrefixDigits);
  for (std::string line;;) {
    const Took took = take_line(file, line);
    if (took == Took::end) return false;
    const auto read =
        took == Took::line ? read_line(line, kSha1Digits - kPrefixDigits) : std::nullopt;
    if (!read) return lost_list(directory);
    if (read->digits == rest) return read->counts;
  }
}

// next_line reads the first whole line that begins at `at` or behind it.
Took next_line(std::ifstream& file, std::streamoff at, std::string& line) {
  file.clear();
  file.seekg(at > 0 ? at - 1 : 0);
  if (at > 0 && file.peek() == '\n') {
    file.get();
  } else if (at > 0) {
    if (const Took rest = take_line(file, line); rest != Took::line) return rest;
  }
  return take_line(file, line);
}

// The line that is looked for begins in [low, high): a binary search over places in the file.
Result<bool> find_in_file(const std::string& path, const std::string& digits) {
  std::ifstream file(path, std::ios::binary);
  file.seekg(0, std::ios::end);
  std::streamoff low = 0;
  std::streamoff high = file.tellg();
  if (!file || high <= 0) return lost_list(path);
  while (low < high) {
    const std::streamoff middle = low + (high - low) / 2;
    std::string line;
    const Took took = next_line(file, middle, line);
    if (took == Took::end) {
      high = middle;
      continue;
    }
    const auto read = took == Took::line ? read_line(line, kSha1Digits) : std::nullopt;
    if (!read) return lost_list(path);
    if (read->digits == digits) return read->counts;
    if (read->digits < digits) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return false;
}

// check_list looks at the first line, so that a wrong path is found before the first sign-up.
Result<bool> check_list(const std::string& path) {
  std::error_code failed;
  const bool directory = std::filesystem::is_directory(path, failed);
  std::ifstream file =
      directory ? open_range(path, "00000") : std::ifstream(path, std::ios::binary);
  if (!file) return bad_list(path, "there is no such file, or no file 00000.txt in it");
  char start[kMostLine + 1] = {};
  file.read(start, kMostLine);
  const std::string_view text(start, static_cast<std::size_t>(file.gcount()));
  const std::size_t digits = directory ? kSha1Digits - kPrefixDigits : kSha1Digits;
  if (!read_line(text.substr(0, text.find('\n')), digits)) {
    return bad_list(path, directory ? "its files need lines of 35 hexadecimal digits, a colon and "
                                      "a count"
                                    : "it needs lines of 40 hexadecimal digits, a colon and a "
                                      "count, in order");
  }
  return directory;
}

}  // namespace

Result<PasswordCheck> leaked_password_list(std::string path) {
  const auto directory = check_list(path);
  if (!directory) return directory.error();
  return PasswordCheck([path = std::move(path), in_directory = *directory](std::string_view text) {
    std::string digits = crypto::sha1_hex(text);
    auto found = in_directory ? find_in_directory(path, digits) : find_in_file(path, digits);
    wipe(digits.data(), digits.size());
    return found;
  });
}

}  // namespace latchkey
