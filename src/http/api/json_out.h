#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::http {

// JsonOut writes one JSON object, member by member:
//
//   JsonOut().text("id", id).number("ended", 2).done()   {"id":"...","ended":2}
class JsonOut {
 public:
  JsonOut& text(std::string_view name, std::string_view value);
  JsonOut& time(std::string_view name, UnixTime value);  // 0 is null
  JsonOut& number(std::string_view name, std::int64_t value);
  JsonOut& flag(std::string_view name, bool value);
  JsonOut& null(std::string_view name);
  // raw adds a value that is JSON already.
  JsonOut& raw(std::string_view name, std::string_view json);
  std::string done() { return out_ + '}'; }

 private:
  std::string& begin(std::string_view name);
  std::string out_ = "{";
};

}  // namespace latchkey::http
