#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "latchkey/result.h"
#include "latchkey/secret.h"
#include "latchkey/time.h"

namespace latchkey::cli {

// What the commands about cookies read. Keys come from a file, the environment or standard input,
// never from the command line, where every user of the machine could see them (R125).
struct Inputs {
  std::string key_file;  // `-`: the first line of standard input
  std::string key_variable = "LATCHKEY_KEY";
  std::string key_format = "text";  // text, base64 or hex
  std::string value;                // empty: standard input
  std::string now;
  bool batch = false;
};

void add_key_options(CLI::App& command, Inputs& inputs);
void add_value(CLI::App& command, Inputs& inputs, const std::string& name, const std::string& help);
void add_now(CLI::App& command, Inputs& inputs);
void add_batch(CLI::App& command, Inputs& inputs);

// ReadInputs holds what was read. The key is absent when none was named and the environment
// variable is not set; `raw` tells that it was written as base64 or hex.
struct ReadInputs {
  std::optional<SecretBytes> key;
  bool raw = false;
  std::string value;
  UnixTime now;
};

// read_inputs fails with bad_config and what to do about it. The value loses the line feed at its
// end. A key in the environment is overwritten there.
Result<ReadInputs> read_inputs(const Inputs& inputs);
// need_key says how to give a key when there is none.
Error need_key();

Result<UnixTime> read_now(const Inputs& inputs);

}  // namespace latchkey::cli
