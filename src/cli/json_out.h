#pragma once

#include <string_view>

#include "http/api/json_out.h"

namespace latchkey::cli {

using http::JsonOut;

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
