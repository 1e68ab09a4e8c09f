#include "cli/inputs.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>

#include "base/bad_config.h"
#include "cli/key_text.h"
#include "cli/moment.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kMaxKeyBytes = 65536;

void drop_line_end(std::string& text) {
  if (text.ends_with('\n')) text.pop_back();
  if (text.ends_with('\r')) text.pop_back();
}

std::string read_all(std::istream& in) {
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// Text of a key, wiped when it dies.
struct KeyText {
  std::string text;
  ~KeyText() { wipe(text.data(), text.size()); }
};

Result<void> read_file(const std::string& path, std::string& text) {
  std::ifstream file(path, std::ios::binary);
  text.assign(kMaxKeyBytes + 1, '\0');
  file.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (!file.is_open() || file.bad()) return bad_config("the key file " + path + " cannot be read");
  text.resize(static_cast<std::size_t>(file.gcount()));
  if (text.size() > kMaxKeyBytes) return bad_config("the key file " + path + " is over 64 KiB");
  return {};
}

// take_variable moves a variable's text out of the environment.
bool take_variable(const std::string& name, std::string& text) {
  char* value = std::getenv(name.c_str());
  if (value == nullptr) return false;
  text = value;
  wipe(value, std::strlen(value));
  ::unsetenv(name.c_str());
  return true;
}

Result<bool> read_key_text(const Inputs& inputs, std::string& text) {
  if (inputs.key_file == "-") {
    std::getline(std::cin, text);
  } else if (!inputs.key_file.empty()) {
    if (Result<void> read = read_file(inputs.key_file, text); !read) return read.error();
  } else if (!take_variable(inputs.key_variable, text)) {
    return false;
  }
  drop_line_end(text);
  if (text.empty()) return bad_config("the key is empty");
  return true;
}

}  // namespace

void add_key_options(CLI::App& command, Inputs& inputs) {
  command
      .add_option("--key-file", inputs.key_file,
                  "Read the key from this file; - reads the first line of standard input")
      ->type_name("FILE");
  command
      .add_option("--key-env", inputs.key_variable,
                  "Without --key-file, take the key from this environment variable (LATCHKEY_KEY)")
      ->type_name("NAME");
  command
      .add_option(
          "--key-format", inputs.key_format,
          "How the key is written: text (the default: its bytes are the key), base64 or hex")
      ->type_name("FORMAT")
      ->check(CLI::IsMember({"text", "base64", "hex"}));
}

void add_value(CLI::App& command, Inputs& inputs, const std::string& name,
               const std::string& help) {
  command.add_option(name, inputs.value, help + "; without it, standard input is read");
}

void add_now(CLI::App& command, Inputs& inputs) {
  command
      .add_option("--now", inputs.now, "Pretend it is this time: RFC 3339, or seconds since 1970")
      ->type_name("TIME");
}

void add_batch(CLI::App& command, Inputs& inputs) {
  command.add_flag("--batch", inputs.batch,
                   "Answer one JSON object a line from standard input (docs/cli.md)");
}

Result<UnixTime> read_now(const Inputs& inputs) {
  if (inputs.now.empty()) return system_clock().now();
  if (const auto moment = parse_moment(inputs.now)) return *moment;
  return bad_config("--now " + inputs.now +
                    " is no time; write 2026-11-21T05:00:00Z or seconds since 1970");
}

Error need_key() {
  return bad_config(
      "a key is needed: name a file with --key-file FILE, or set LATCHKEY_KEY in the environment");
}

Result<ReadInputs> read_inputs(const Inputs& inputs) {
  ReadInputs read;
  const Result<UnixTime> now = read_now(inputs);
  if (!now) return now.error();
  read.now = *now;
  KeyText key;
  const Result<bool> given = read_key_text(inputs, key.text);
  if (!given) return given.error();
  if (*given) {
    read.key = decode_key(key.text, inputs.key_format);
    read.raw = inputs.key_format != "text";
    if (!read.key) return bad_config("the key is not " + inputs.key_format);
  }
  read.value = inputs.value.empty() ? read_all(std::cin) : inputs.value;
  drop_line_end(read.value);
  return read;
}

}  // namespace latchkey::cli
