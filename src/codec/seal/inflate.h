#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::codec {

// inflate expands a DEFLATE stream (RFC 1951) to at most `limit` bytes; nothing when it is damaged,
// cut or larger. What follows the stream is left alone, as zlib in Node does. Only authenticated
// JWEs with `zip` come here.
std::optional<std::string> inflate(std::string_view data, std::size_t limit);

}  // namespace latchkey::codec
