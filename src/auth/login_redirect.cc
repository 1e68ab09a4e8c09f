#include "auth/login_redirect.h"

#include "base/text.h"
#include "latchkey/safe_redirect.h"

namespace latchkey::auth {
std::string login_redirect(const RequestFacts& facts, bool page, const Problem& problem,
                           const LoginPaths& paths) {
  if (problem.status != 401 || !(page || facts.navigation())) return {};
  const bool again = problem.code == "recent_login" && !paths.reauth.empty();
  std::string to{again ? paths.reauth : paths.login};
  char separator = to.find('?') == std::string::npos ? '?' : '&';
  if (!again && problem.code != "no_session") {
    to.append(1, separator).append("reason=").append(problem.code);
    separator = '&';
  }
  // What a form was sent to is no page to come back to.
  const bool reads = facts.method == "GET" || facts.method == "HEAD";
  const std::string next = reads ? guard::safe_redirect(facts.target, "") : std::string{};
  if (!next.empty() && next != paths.home) {
    to.append(1, separator).append("next=").append(percent_encode(next));
  }
  return to;
}

}  // namespace latchkey::auth
