#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::codec {

// A value too long for one cookie is cut into cookies `name.0`, `name.1`, ...

inline constexpr std::size_t kMaxWrittenChunks = 4;
inline constexpr std::size_t kMaxReadChunks = 16;
// How much of a value Auth.js puts into one cookie.
inline constexpr std::size_t kNextAuth4Chunk = 3933;
inline constexpr std::size_t kAuthjs5Chunk = 3936;

// read_chunked returns the cookie `name`; without it the chunks from 0 up to the first that is
// missing. A cookie that came twice makes it nothing, as does no cookie at all. No other cookie is
// looked at, whatever its name starts with.
std::optional<std::string> read_chunked(std::span<const std::string_view> lines,
                                        std::string_view name);

// NamedValue is a cookie to write; an empty value is one to delete.
using NamedValue = std::pair<std::string, std::string>;

// write_chunked returns the cookies that carry `value`: one when it fits `chunk_size`, otherwise at
// most `max_chunks`, or nothing when that does not do.
std::optional<std::vector<NamedValue>> write_chunked(std::string_view name, std::string_view value,
                                                     std::size_t chunk_size,
                                                     std::size_t max_chunks = kMaxWrittenChunks);

// stale_chunks returns the names, `name` and its chunks, that the request brought and `written`
// does not replace: they have to be deleted, or they would be read again.
std::vector<std::string> stale_chunks(std::span<const std::string_view> lines,
                                      std::string_view name, std::span<const NamedValue> written);

}  // namespace latchkey::codec
