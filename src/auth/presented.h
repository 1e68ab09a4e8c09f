#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "auth/cookie_rule.h"
#include "auth/request_facts.h"
#include "latchkey/secret.h"
#include "latchkey/sessions.h"

namespace latchkey::auth {

// all_values returns every value that came under `name`.
std::vector<std::string_view> all_values(std::span<const std::string_view> lines,
                                         std::string_view name);

// Presented is the token a client shows, before anybody looks what it is worth.
class Presented {
 public:
  Presented() = default;
  // from_cookie looks for the session cookie, or the chunks of one.
  static Presented from_cookie(const RequestFacts& facts, const Sessions& sessions);
  static Presented from_bearer(std::string_view token) noexcept;

  Brought brought() const noexcept { return brought_; }
  // text is empty unless one came.
  std::string_view text() const noexcept { return owned_.empty() ? view_ : owned_.insecure_view(); }
  // own keeps a copy, for when the request will be gone.
  void own();

 private:
  Brought brought_ = Brought::nothing;
  std::string_view view_{};
  SecretBytes owned_{};
};

}  // namespace latchkey::auth
