#pragma once

#include <cstddef>
#include <istream>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/user/user_mapping.h"
#include "latchkey/store/user_store.h"

// Users as lines of text, one form in both directions: docs/cli.md.
namespace latchkey::cli {

enum class RowFormat : bool { ndjson, csv };

// write_row returns the line of a user, with its line feed. The hash only when it is asked for.
std::string write_row(const StoredUser& user, RowFormat format, bool with_hash);
// csv_header is the first line of a CSV file.
std::string csv_header(bool with_hash);

// UserRow is one user of a file, or what is wrong with its line.
struct UserRow {
  std::size_t line = 0;  // where it begins, from 1
  StoredUser user{};
  std::string fault{};  // empty: none
};

// RowReader reads a file row by row and holds no more than one of them.
class RowReader {
 public:
  virtual ~RowReader() = default;
  // next returns nothing at the end of the file.
  virtual std::optional<UserRow> next() = 0;
};

// make_row_reader reads `in`, which, like `mapping`, must outlive the result. A CSV file without
// the columns that are needed is bad_config.
Result<std::unique_ptr<RowReader>> make_row_reader(std::istream& in, RowFormat format,
                                                   const UserMapping& mapping);

}  // namespace latchkey::cli
