#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bench/harness.h"
#include "latchkey/record.h"
#include "latchkey/sessions.h"
#include "latchkey/store.h"

// Sessions that are the same in every run: session i has a token derived from i.
namespace latchkey::bench {

inline constexpr std::uint64_t kUsers = 100'000;

// token_text returns the token of session `i`, user_of the id (16 characters) of its user.
std::string token_text(std::uint64_t i);
UserId user_of(std::uint64_t i);
// make_record returns session `i` as Sessions would have made it at `now`, without attributes.
SessionRecord make_record(std::uint64_t i, UnixTime now);

// sample_tokens draws 2^18 tokens of the first `rows` sessions.
inline constexpr std::uint64_t kSample = 1U << 18;
std::vector<std::string> sample_tokens(std::uint64_t rows);

// filled_database returns the path of a SQLite store with `rows` sessions and kUsers users; made
// once.
std::string filled_database(const Options& options, std::uint64_t rows);

// fill_sessions inserts sessions 0 to rows-1 by 64 callers at once.
void fill_sessions(Store& store, std::uint64_t rows);

// open_database opens a SQLite store, open_sessions Sessions over a store; or the program ends.
std::unique_ptr<Store> open_database(const std::string& path);
std::unique_ptr<Sessions> open_sessions(Store& store);

}  // namespace latchkey::bench
