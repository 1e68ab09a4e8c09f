#pragma once

#include <deque>
#include <memory>
#include <string>
#include <thread>

#include "base/mutex.h"
#include "latchkey/mail.h"
#include "latchkey/result.h"
#include "server/mail/mail_config.h"
#include "server/mail/templates.h"

namespace latchkey::server {

// mail_json is one mail as the command and the spool get it: one JSON object and a line end.
std::string mail_json(const Mail& mail, const MailText& text);

// spool_mail writes `json` as a new file of `directory`: complete under its name or not there, for
// our user only.
Result<void> spool_mail(const std::string& directory, const std::string& json);

// check_mail refuses what cannot be used, with bad_config, and makes nothing.
Result<void> check_mail(const MailConfig& config);

// Outbox hands mails on, one after another, on a thread of its own, so that nobody who asks for one
// waits for it. A mail that cannot be handed on is logged, without what it says, and forgotten.
class Outbox {
 public:
  // open makes the spool directory where it is missing, and refuses one that others can read.
  static Result<std::unique_ptr<Outbox>> open(const MailConfig& config, MailSite site);
  ~Outbox();  // hands on what is queued, for as long as one mail may take
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // send queues a mail. Thread-safe, and never waits.
  void send(const Mail& mail) LATCHKEY_EXCLUDES(mutex_);

 private:
  Outbox(const MailConfig& config, MailTemplates templates);
  void run() LATCHKEY_EXCLUDES(mutex_);
  void hand_on(const Mail& mail) const;

  const MailConfig config_;
  const MailTemplates templates_;
  Mutex mutex_;
  Condition changed_;
  std::deque<Mail> waiting_ LATCHKEY_GUARDED_BY(mutex_);
  bool stopping_ LATCHKEY_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace latchkey::server
