#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "latchkey/time.h"

// Mail that latchkey wants to send. It sends none itself: your program passes it to a mailer.
//
//   auto send = [&](const latchkey::Mail& mail) { outbox.push(mail); };  // and never wait
namespace latchkey {

enum class MailKind : std::uint8_t {
  password_reset,        // with a link that sets a new password
  password_changed,      // informs the user, in case somebody else changed it
  address_verification,  // with a link that proves that this mail arrived
  new_device,            // informs the user of a log-in from an unknown browser
};
std::string_view mail_kind_name(MailKind kind) noexcept;

// Mail is one message. The link opens an account: send it only in this mail and never log it.
struct Mail {
  MailKind kind = MailKind::password_reset;
  std::string to{};        // an address, checked for its form
  std::string username{};  // of the account
  std::string link{};      // empty: there is none
  Millis valid_for{0};     // how long the link works
  // Of a new_device: where its log-in came from, as far as it is known, and when.
  std::string client_address{};
  std::string user_agent{};  // as it was sent: only fit for describing it
  UnixTime at{};
};

// SendMail takes a message over. It is called while somebody waits for an answer, so it must not
// wait for the network, and by several threads at once.
using SendMail = std::function<void(const Mail&)>;

// is_mail_address returns whether `text` has the form of an address and is safe to use: one '@', no
// blanks, control characters or quotes, nothing that a command would interpret as an option.
bool is_mail_address(std::string_view text) noexcept;

}  // namespace latchkey
