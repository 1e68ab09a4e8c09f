#include "http/address.h"

namespace latchkey::http {

AddressAsked ask_for_link(App& app, AuthSession& session, const User& user,
                          std::optional<std::string_view> wanted) {
  AddressAsked asked{.address = address_of(user)};
  std::string& address = asked.address.address;
  const bool other = wanted && !address.empty() && *wanted != address;
  if (address.empty() && wanted) address = *wanted;
  if (other || !is_mail_address(address)) {
    asked.problem = Problem::email_invalid;
    return asked;
  }
  if (asked.address.verified) return asked;
  const auto sent = app.recovery->send_verification(user, address, session.client());
  if (!sent) {
    asked.problem = problem_of(sent.error().code);
  } else if (sent->rejection != Rejection::none) {
    asked.problem = problem_of(sent->rejection);
    asked.retry_after = sent->retry_after;
  }
  return asked;
}

}  // namespace latchkey::http
