#include "http/readiness.h"

#include <array>
#include <chrono>

#include "base/log.h"

namespace latchkey::http {
namespace {

constexpr Millis kProbeLife = std::chrono::minutes{1};
// Printable, and no session has an id like this.
constexpr std::string_view kProbeKey = "readyz:probe";
// Its 120 random bits are zeros.
constexpr std::string_view kNoSession = "AAAAAAAAAAAAAAAAAAAAAAA";

Millis steady_now() noexcept {
  return std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace

void ProbeRecord::begin(Millis now) noexcept { begun_at_ = under_way_ = now; }

void ProbeRecord::end(Millis now, std::optional<Errc> failure) noexcept {
  cause(now);  // a probe that took too long counts, whatever it answered
  const Millis begun = under_way_.value_or(now);
  under_way_.reset();
  if (failure) {
    last_ = *failure;
    well_since_.reset();
    if (!failing_since_) failing_since_ = begun;
    return;
  }
  failing_since_.reset();
  if (!down_) return;
  if (!well_since_) well_since_ = now;
  if (now - *well_since_ >= kUpAfter) {
    down_ = false;
    well_since_.reset();
  }
}

std::optional<Errc> ProbeRecord::cause(Millis now) noexcept {
  const bool failed_long = failing_since_ && now - *failing_since_ >= kDownAfter;
  const bool hangs = under_way_ && now - *under_way_ >= kDownAfter;
  if (!down_ && (failed_long || hangs)) {
    down_ = true;
    if (!failed_long) last_ = Errc::store_unavailable;
  }
  return down_ ? std::optional{last_} : std::nullopt;
}

void Readiness::begin(Kind& kind) { kind.record.begin(steady_now()); }

void Readiness::end(Kind& kind, const Result<void>& outcome) {
  kind.record.end(steady_now(), outcome ? std::nullopt : std::optional{outcome.error().code});
  if (outcome) return;
  ++kind.failures;
  detail_ = outcome.error().detail;
}

bool Readiness::is_write_due() {
  if (reads_.record.failing()) return false;  // it would fail alike, and take its time
  const auto last = writes_.record.begun_at();
  return !last || writes_.record.failing() || steady_now() - *last >= kWriteEvery;
}

// A denial reaches the disk, but Redis takes denials when its memory is full, so that sessions can
// be ended. A touch is a write that it then refuses, as it refuses a log-in; of a session that
// never was it moves nothing.
Result<void> Readiness::write_once() {
  const UnixTime now = system_clock().now();
  const std::array denials{Denial{std::string{kProbeKey}, now + kProbeLife}};
  auto denied = store_.denials().deny(denials);
  if (!denied) return denied.error();
  const auto nobody = SessionId::parse(kNoSession);
  if (!nobody) return {};
  const std::array touches{Touch{.id = *nobody, .last_seen_at = now, .idle_expires_at = now}};
  auto touched = store_.sessions().touch(touches);
  if (!touched) return touched.error();
  return {};
}

void Readiness::probe() {
  {
    const MutexLock lock(mutex_);
    begin(reads_);
  }
  const Result<void> read = store_.meta().check();
  bool write = false;
  {
    const MutexLock lock(mutex_);
    end(reads_, read);
    write = is_write_due();
    if (write) begin(writes_);
  }
  if (write) {
    const Result<void> written = write_once();
    const MutexLock lock(mutex_);
    end(writes_, written);
  }
  tell_change();
}

std::optional<Errc> Readiness::judge() {
  const Millis now = steady_now();
  const auto reads = reads_.record.cause(now);
  const auto writes = writes_.record.cause(now);
  return reads ? reads : writes;
}

void Readiness::tell_change() {
  std::optional<Errc> cause;
  std::string detail;
  {
    const MutexLock lock(mutex_);
    cause = judge();
    if (cause == told_) return;
    told_ = cause;
    detail = detail_;
  }
  if (!cause) return log(LogLevel::info, "ready_again");
  log(LogLevel::error, "not_ready", {{"cause", error_name(*cause)}, {"detail", detail}});
}

std::optional<Errc> Readiness::cause() {
  const MutexLock lock(mutex_);
  return judge();
}

Readiness::Failures Readiness::failures() const {
  const MutexLock lock(mutex_);
  return {reads_.failures, writes_.failures};
}

}  // namespace latchkey::http
