#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::guard {

// has_plain_segments tells whether every segment of `path`, which begins with '/', says what it
// seems to say: none is empty but the last one, none is "." or "..".
bool has_plain_segments(std::string_view path) noexcept;

// plain_path returns what the path of a request (without its query) means, decoded once, for rules
// that depend on it (R129 of docs/requirements.md). Nothing: servers disagree about the path, so a
// rule could be got round. That is a path
//   - that does not begin with '/', or holds bytes a browser would have escaped,
//   - with an empty, "." or ".." segment, written or escaped,
//   - with ';', '\', '?', '#', a control character or an escaped '/', written or escaped,
//   - with a broken escape, or with one that is an escape again once it is decoded,
//   - that is no UTF-8 once it is decoded (overlong forms are none).
std::optional<std::string> plain_path(std::string_view path);

}  // namespace latchkey::guard
