#include "cli/inspect/inspect_subject.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>

#include "base/base64url.h"
#include "codec/jose/parts.h"
#include "latchkey/codec/native_seal.h"
#include "latchkey/token.h"

namespace latchkey::cli {
namespace {

std::string_view trim(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

bool starts_with_word(std::string_view text, std::string_view word) {
  if (text.size() < word.size()) return false;
  return std::equal(word.begin(), word.end(), text.begin(),
                    [](char a, char b) { return a == (b | 0x20) || a == b; });
}

// Lucia's ids: 40 characters, a-z2-7 since 3.1 and a-z0-9 before.
bool is_lucia_id(std::string_view value) {
  return value.size() == 40 && std::all_of(value.begin(), value.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
         });
}

bool is_pair(std::string_view text) {
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0 || equals + 1 == text.size()) return false;
  if (text[equals + 1] == '=') return false;  // padding of base64
  return text.substr(0, equals).find_first_of("*~ \t") == std::string_view::npos;
}

// chunk_of splits "name.2" into the name and 2.
std::optional<std::pair<std::string, std::size_t>> chunk_of(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  const std::string_view digits = name.substr(dot + 1);
  std::size_t number = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool plain = digits.size() == 1 || (!digits.empty() && digits.front() != '0');
  if (read.ec != std::errc{} || read.ptr != digits.data() + digits.size() || !plain) {
    return std::nullopt;
  }
  return std::pair{std::string{name.substr(0, dot)}, number};
}

using Chunks = std::map<std::string, std::map<std::size_t, std::string>>;

void join_chunks(const Chunks& all, std::vector<Subject>& subjects) {
  for (const auto& [name, parts] : all) {
    std::string value;
    std::size_t expected = 0;
    for (const auto& [number, part] : parts) {
      if (number != expected) break;
      ++expected;
      value += part;
    }
    const SubjectKind kind = kind_of(value);
    const bool whole = expected == parts.size() && kind != SubjectKind::unknown;
    subjects.push_back({name, value, whole ? kind : SubjectKind::chunk, parts.size()});
  }
}

}  // namespace

SubjectKind kind_of(std::string_view value) {
  if (SessionToken::parse(value)) return SubjectKind::token;
  if (value.starts_with(NativeSealer::kPrefix)) return SubjectKind::native_seal;
  if (value.starts_with("Fe26.")) return SubjectKind::iron_seal;
  const std::size_t dot = value.find('.');
  if (dot != std::string_view::npos && SessionToken::parse(value.substr(0, dot)) &&
      value.substr(dot + 1).starts_with(NativeSealer::kPrefix)) {
    return SubjectKind::hybrid;
  }
  if (dot != std::string_view::npos && codec::parse_jose_header(value.substr(0, dot))) {
    const auto dots = std::count(value.begin(), value.end(), '.');
    if (dots == 2) return SubjectKind::jws;
    if (dots == 4) return SubjectKind::jwe;
  }
  return is_lucia_id(value) ? SubjectKind::lucia_id : SubjectKind::unknown;
}

std::vector<Subject> find_subjects(std::string_view text) {
  text = trim(text);
  for (const std::string_view header : {"cookie:", "set-cookie:"}) {
    if (starts_with_word(text, header)) text = trim(text.substr(header.size()));
  }
  if (!is_pair(text)) return {{"", std::string{text}, kind_of(text)}};
  std::vector<Subject> all;
  Chunks chunks;
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    const std::string_view pair = trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (!is_pair(pair)) continue;
    const std::size_t equals = pair.find('=');
    const std::string_view name = pair.substr(0, equals), value = pair.substr(equals + 1);
    if (const auto chunk = chunk_of(name)) {
      chunks[chunk->first].emplace(chunk->second, value);
    } else {
      all.push_back({std::string{name}, std::string{value}, kind_of(value)});
    }
  }
  join_chunks(chunks, all);
  std::vector<Subject> known;
  std::copy_if(all.begin(), all.end(), std::back_inserter(known),
               [](const Subject& one) { return one.kind != SubjectKind::unknown; });
  return known.empty() ? all : known;
}

}  // namespace latchkey::cli
