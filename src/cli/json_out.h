#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "latchkey/time.h"

namespace latchkey::cli {

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

// JsonList writes {"NAME":[...]} with one element a line, as they come.
class JsonList {
 public:
  explicit JsonList(std::string_view name);
  void add(std::string_view json);
  // end closes the list and adds "next", if there is more. False: it could not be written.
  bool end(std::string_view next = {});

 private:
  bool first_ = true;
};

}  // namespace latchkey::cli
