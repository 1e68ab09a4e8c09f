#pragma once

#include <string>

#include "cli/user/user_input.h"
#include "cli/user/user_row.h"

namespace latchkey::cli {

// TransferInput is what `latchkey user export` and `import` are given.
struct TransferInput {
  UserInput user{};
  std::string file{};    // empty: standard output; `-` is standard input
  std::string format{};  // empty: by the name of the file
  std::string report{};  // where what was refused is written; empty: standard error
  bool hashes = false;
  bool dry_run = false;
};

int run_user_export(const TransferInput& input);
int run_user_import(const TransferInput& input);

// format_of is `format`, or what the name of the file says; NDJSON when it says nothing. With the
// name of a mapping, the file's name decides.
RowFormat format_of(const std::string& format, const std::string& file);

}  // namespace latchkey::cli
