#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include "latchkey/auth.h"
#include "latchkey/secret.h"
#include "napi.h"

namespace latchkey::node {

// RequestText is how TypeScript passes a request: its Cookie line, the other headers that count as
// one text, and a number with what is known of it. Immutable and owned, so any thread may use it.
class RequestText {
 public:
  // From the arguments `i` (cookie, text or null), `i + 1` (facts), `i + 2` (headers). The headers
  // are "name\nvalue\n" each; no header holds a line end.
  RequestText(const Call& call, std::size_t i);

  // fields are the headers for a RequestView: views of this object.
  using Field = std::pair<std::string_view, std::string_view>;
  class Fields {
   public:
    const Field* begin() const noexcept { return fields_.data(); }
    const Field* end() const noexcept { return fields_.data() + count_; }
    void add(std::string_view name, std::string_view value) noexcept;

   private:
    std::array<Field, 20> fields_;  // TypeScript sends fewer
    std::size_t count_ = 0;
  };
  Fields fields() const noexcept;

  std::string_view method() const noexcept;
  BeginOptions options() const noexcept;
  // offers_device: to bind a young session is to be offered with the answer.
  bool offers_device() const noexcept;
  // wants_user: the answer is to hold what the store knows of the user.
  bool wants_user() const noexcept;

 private:
  SecretBytes cookie_;
  std::string headers_;
  unsigned facts_;
};

}  // namespace latchkey::node
