#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "napi.h"

namespace latchkey::node {

// Packing brings many values to JavaScript as one, which costs what one text does; there
// npm/src/packed.ts reads them in their order. Each character holds seven bits.
//
// packed = text / [text, apart...]
// text   = *(number / small / word)
// number = 8CHAR                      ; 56 bits, signed, the lowest first
// small  = CHAR                       ; 0 to 127
// word   = 4CHAR *CHAR                ; the length, then the text itself
//        / none / elsewhere           ; of the lengths 2^28-1 and 2^28-2: no text, or the next one
//                                     ; of `apart`, where those are that are not ASCII
class Packing {
 public:
  Packing& number(std::int64_t value);
  Packing& small(unsigned value);
  Packing& word(std::string_view text);
  Packing& none();
  napi_value make(napi_env env) const;

 private:
  void put(std::uint64_t value, int characters);
  std::string text_;
  std::vector<std::string> apart_;
};

}  // namespace latchkey::node
