#include "server/mail/outbox.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>

#include "base/base64url.h"
#include "base/log.h"
#include "codec/json/json.h"
#include "codec/text/time_text.h"
#include "http/device.h"
#include "latchkey/entropy.h"
#include "server/files/secret_file.h"
#include "server/mail/run_command.h"

namespace latchkey::server {
namespace {

constexpr std::size_t kMostWaiting = 1000;

void append_member(std::string& json, std::string_view name, std::string_view text) {
  json.append(json.size() > 1 ? ",\"" : "\"").append(name).append("\":");
  codec::append_json_string(json, text);
}

Error spool_error(const std::string& path) {
  return {Errc::bad_config, "mail.spool " + path + ": " + std::strerror(errno)};
}

// ready_spool makes the directory, and refuses one that is not ours alone: what is in it opens
// accounts.
Result<void> ready_spool(const std::string& directory) {
  if (::mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST) return spool_error(directory);
  struct stat status {};
  if (::stat(directory.c_str(), &status) != 0) return spool_error(directory);
  if (!S_ISDIR(status.st_mode)) {
    return Error{Errc::bad_config, "mail.spool " + directory + " is no directory"};
  }
  if (status.st_uid != ::geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{Errc::bad_config, "mail.spool " + directory +
                                       " must belong to this user and to nobody else, because "
                                       "what is in it opens accounts; run: chmod 700 " +
                                       directory};
  }
  return {};
}

Result<std::string> spool_name() {
  std::array<std::uint8_t, 12> random{};
  if (Result<void> drawn = system_entropy().fill(random); !drawn) return drawn.error();
  const auto now = to_unix_millis(system_clock().now());
  return std::to_string(now) + "-" + base64url_encode(random);
}

bool write_mail(int file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(file, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return false;
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return ::fsync(file) == 0;
}

}  // namespace

std::string mail_json(const Mail& mail, const MailText& text) {
  std::string json = "{";
  append_member(json, "kind", mail_kind_name(mail.kind));
  append_member(json, "to", mail.to);
  append_member(json, "username", mail.username);
  append_member(json, "subject", text.subject);
  append_member(json, "text", text.body);
  if (!mail.link.empty()) {
    append_member(json, "link", mail.link);
    json.append(",\"valid_for\":").append(std::to_string(mail.valid_for.count() / 1000));
  }
  if (mail.kind == MailKind::new_device) {
    append_member(json, "device", http::describe_device(mail.user_agent));
    append_member(json, "client_address", mail.client_address);
    append_member(json, "at", codec::rfc3339(mail.at));
  }
  return json.append("}\n");
}

Result<void> spool_mail(const std::string& directory, const std::string& json) {
  auto name = spool_name();
  if (!name) return name.error();
  const std::string path = directory + "/" + *name + ".json";
  const std::string draft = directory + "/." + *name + ".tmp";
  {
    const Descriptor file(
        ::open(draft.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (file.get() < 0) return spool_error(draft);
    if (!write_mail(file.get(), json)) {
      const Error failed = spool_error(draft);
      ::unlink(draft.c_str());
      return failed;
    }
  }
  if (::rename(draft.c_str(), path.c_str()) == 0) return {};
  const Error failed = spool_error(path);
  ::unlink(draft.c_str());
  return failed;
}

Result<void> check_mail(const MailConfig& config) {
  if (!config.command.empty() && !config.spool.empty()) {
    return Error{Errc::bad_config, "mail.command and mail.spool: give one of them"};
  }
  if (!config.command.empty() && ::access(config.command.front().c_str(), X_OK) != 0) {
    return Error{Errc::bad_config, "mail.command " + config.command.front() +
                                       " cannot be run: " + std::strerror(errno)};
  }
  const auto templates = MailTemplates::load(config.templates, {});
  if (!templates) return templates.error();
  return {};
}

Result<std::unique_ptr<Outbox>> Outbox::open(const MailConfig& config, MailSite site) {
  auto templates = MailTemplates::load(config.templates, std::move(site));
  if (!templates) return templates.error();
  if (!config.spool.empty()) {
    if (Result<void> ready = ready_spool(config.spool); !ready) return ready.error();
  }
  return std::unique_ptr<Outbox>(new Outbox(config, *std::move(templates)));
}

Outbox::Outbox(const MailConfig& config, MailTemplates templates)
    : config_(config), templates_(std::move(templates)), thread_([this] { run(); }) {}

Outbox::~Outbox() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Outbox::send(const Mail& mail) {
  bool taken = false;
  {
    const MutexLock lock(mutex_);
    taken = !stopping_ && waiting_.size() < kMostWaiting;
    if (taken) waiting_.push_back(mail);
  }
  if (taken) return changed_.notify_all();
  log(LogLevel::error, "mail_lost",
      {{"kind", mail_kind_name(mail.kind)}, {"reason", "queue_full"}});
}

void Outbox::run() {
  std::optional<std::chrono::steady_clock::time_point> deadline;
  while (true) {
    Mail next;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && !stopping_) changed_.wait(mutex_);
      if (waiting_.empty()) return;
      if (stopping_ && !deadline) deadline = std::chrono::steady_clock::now() + config_.timeout;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    if (deadline && std::chrono::steady_clock::now() > *deadline) {
      log(LogLevel::error, "mail_lost",
          {{"kind", mail_kind_name(next.kind)}, {"reason", "stopping"}});
      continue;
    }
    hand_on(next);
  }
}

// The log names neither the link nor who gets it.
void Outbox::hand_on(const Mail& mail) const {
  const std::string json = mail_json(mail, templates_.render(mail));
  const Result<void> done = config_.spool.empty()
                                ? run_command(config_.command, json, config_.timeout)
                                : spool_mail(config_.spool, json);
  if (done) {
    log(LogLevel::info, "mail_sent", {{"kind", mail_kind_name(mail.kind)}});
    return;
  }
  log(LogLevel::error, "mail_failed",
      {{"kind", mail_kind_name(mail.kind)}, {"detail", done.error().detail}});
}

}  // namespace latchkey::server
