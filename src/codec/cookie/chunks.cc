#include "codec/cookie/chunks.h"

#include <algorithm>

#include "latchkey/codec/cookie.h"

namespace latchkey::codec {
namespace {

std::string chunk_name(std::string_view name, std::size_t number) {
  return std::string{name} + '.' + std::to_string(number);
}

}  // namespace

std::optional<std::string> read_chunked(std::span<const std::string_view> lines,
                                        std::string_view name) {
  using State = CookieMatch::State;
  const CookieMatch whole = find_cookie(lines, name);
  if (whole.state == State::duplicated) return std::nullopt;
  if (whole.state == State::found) return std::string{whole.value};
  std::string joined;
  for (std::size_t i = 0; i < kMaxReadChunks; ++i) {
    const CookieMatch chunk = find_cookie(lines, chunk_name(name, i));
    if (chunk.state == State::duplicated) return std::nullopt;
    if (chunk.state == State::absent) {
      if (i == 0) return std::nullopt;
      break;
    }
    joined += chunk.value;
  }
  return joined;
}

std::optional<std::vector<NamedValue>> write_chunked(std::string_view name, std::string_view value,
                                                     std::size_t chunk_size,
                                                     std::size_t max_chunks) {
  if (value.size() <= chunk_size) return {{{std::string{name}, std::string{value}}}};
  if (chunk_size == 0 || (value.size() + chunk_size - 1) / chunk_size > max_chunks)
    return std::nullopt;
  std::vector<NamedValue> chunks;
  for (std::size_t at = 0; at < value.size(); at += chunk_size) {
    chunks.emplace_back(chunk_name(name, chunks.size()), value.substr(at, chunk_size));
  }
  return chunks;
}

std::vector<std::string> stale_chunks(std::span<const std::string_view> lines,
                                      std::string_view name, std::span<const NamedValue> written) {
  std::vector<std::string> stale;
  const auto check = [&](std::string candidate) {
    const bool kept = std::any_of(written.begin(), written.end(), [&](const NamedValue& cookie) {
      return cookie.first == candidate;
    });
    if (!kept && find_cookie(lines, candidate).state != CookieMatch::State::absent) {
      stale.push_back(std::move(candidate));
    }
  };
  check(std::string{name});
  for (std::size_t i = 0; i < kMaxReadChunks; ++i) check(chunk_name(name, i));
  return stale;
}

}  // namespace latchkey::codec
