#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace latchkey::cli {

// What a cookie's value can be.
enum class SubjectKind : std::uint8_t {
  token,        // lk1_...
  hybrid,       // lk1_... and a snapshot
  native_seal,  // lks1_...
  iron_seal,    // Fe26.2
  jws,
  jwe,
  lucia_id,
  chunk,  // one of several cookies, the others missing
  unknown,
};

// Subject is one value to inspect. `name` is empty when only the value was given.
struct Subject {
  std::string name;
  std::string value;
  SubjectKind kind = SubjectKind::unknown;
  std::size_t chunks = 1;  // how many cookies it was put together from
};

// kind_of judges by form alone.
SubjectKind kind_of(std::string_view value);

// find_subjects takes a value, `name=value`, or a whole Cookie or Set-Cookie header apart. Chunks
// `name.0`, `name.1` ... are put together. Of several cookies those of an unknown kind are left
// out, unless all are.
std::vector<Subject> find_subjects(std::string_view text);

}  // namespace latchkey::cli
