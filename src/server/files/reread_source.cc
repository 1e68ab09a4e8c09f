#include "server/files/reread_source.h"

#include <utility>

#include "base/log.h"
#include "base/mutex.h"
#include "server/files/file_watch.h"

namespace latchkey::server {
namespace {

using session::ForeignSource;

class RereadSource final : public ForeignSource {
 public:
  RereadSource(std::shared_ptr<ForeignSource> first, const std::string& file, MakeSource make)
      : make_(std::move(make)), name_(first->name()), file_(file), source_(std::move(first)) {
    const MutexLock lock(mutex_);
    (void)file_.changed();  // that is what `first` was made of
  }

  std::string_view name() const noexcept override { return name_; }
  Result<session::ForeignRead> read(std::string_view text, UnixTime now) override {
    return current()->read(text, now);
  }
  Result<bool> end(std::string_view text, const session::ForeignSession& session,
                   DenyStore& denials) override {
    return current()->end(text, session, denials);
  }

 private:
  std::shared_ptr<ForeignSource> current() LATCHKEY_EXCLUDES(mutex_) {
    const MutexLock lock(mutex_);
    if (!file_.changed()) return source_;
    Result<std::unique_ptr<ForeignSource>> made = make_();
    if (made) {
      source_ = *std::move(made);
      log(LogLevel::info, "takeover_secret_loaded", {{"from", name_}});
    } else {
      log(LogLevel::error, "takeover_secret_refused",
          {{"from", name_}, {"detail", made.error().detail}});
    }
    return source_;
  }

  const MakeSource make_;
  const std::string name_;
  Mutex mutex_;
  FileWatch file_ LATCHKEY_GUARDED_BY(mutex_);
  std::shared_ptr<ForeignSource> source_ LATCHKEY_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<ForeignSource> make_reread_source(std::unique_ptr<ForeignSource> first,
                                                  const std::string& secret_file, MakeSource make) {
  return std::make_unique<RereadSource>(std::move(first), secret_file, std::move(make));
}

}  // namespace latchkey::server
