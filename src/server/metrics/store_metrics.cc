#include "server/metrics/store_metrics.h"

#include "base/metrics.h"

namespace latchkey::server {
namespace {

double seconds(std::chrono::duration<double> time) { return time.count(); }
double as_double(std::uint64_t count) { return static_cast<double>(count); }

void append_cache(std::string& out, const NearCacheStats& stats) {
  constexpr std::string_view kRequests = "latchkey_cache_requests_total";
  append_family(out, kRequests, "counter",
                "Look-ups that the near cache answered, and those that it passed on.");
  append_sample(out, kRequests, "result=\"hit\"", as_double(stats.hits));
  append_sample(out, kRequests, "result=\"miss\"", as_double(stats.misses));
  append_metric(out, "latchkey_cache_hit_age_seconds_total", "counter",
                "Age of the copies that answered, all together.", seconds(stats.hit_age));
  append_metric(out, "latchkey_cache_stale_answers_total", "counter",
                "Old copies that answered /v1/verify while the store did not.",
                as_double(stats.stale));
  append_metric(out, "latchkey_cache_invalidations_total", "counter",
                "Changes that the near cache was told of or made itself.",
                as_double(stats.invalidations));
  append_metric(out, "latchkey_cache_entries", "gauge", "Copies in the near cache.",
                as_double(stats.entries));
  append_metric(out, "latchkey_cache_bytes", "gauge", "Memory that the near cache holds.",
                as_double(stats.bytes));
}

void append_watch(std::string& out, const WatchStatus& status) {
  append_metric(out, "latchkey_invalidation_channel_up", "gauge",
                "1 while this node hears what others change.", status.up ? 1 : 0);
  append_metric(out, "latchkey_invalidation_heard_seconds", "gauge",
                "Time since the store was last heard.", seconds(status.heard_ago));
  if (!status.lag) return;
  append_metric(out, "latchkey_invalidation_lag_seconds", "gauge",
                "How long a change takes to be heard.", seconds(*status.lag));
}

void append_lookup(std::string& out, const LookupStats& stats) {
  append_metric(out, "latchkey_lookup_asked_total", "counter", "Sessions that requests asked for.",
                as_double(stats.asked));
  append_metric(out, "latchkey_lookup_read_total", "counter",
                "Sessions that the store was asked for.", as_double(stats.read));
  append_metric(out, "latchkey_lookup_batches_total", "counter", "Round trips for them.",
                as_double(stats.batches));
  append_metric(out, "latchkey_lookup_refused_total", "counter",
                "Sessions not asked for, because too many waited or too long.",
                as_double(stats.refused));
}

void append_events(std::string& out, const EventLogStats& stats) {
  append_metric(out, "latchkey_events_written_total", "counter",
                "Events that this node wrote into the store.", as_double(stats.written));
  append_metric(out, "latchkey_events_lost_total", "counter",
                "Events that were lost, because too many waited for the store.",
                as_double(stats.lost));
  append_metric(out, "latchkey_events_queued", "gauge", "Events that wait for the store.",
                as_double(stats.queued));
}

// All outcomes are written, so that a rate can be told from the first one on.
void append_entries(std::string& out, std::string_view name, std::string_view help,
                    const http::EntryTotals& totals) {
  append_family(out, name, "counter", help);
  const auto sample = [&](std::string_view result, std::uint64_t count) {
    append_sample(out, name, "result=\"" + std::string{result} + "\"", as_double(count));
  };
  for (std::size_t i = 0; i < totals.outcomes.size(); ++i) {
    const auto rejection = static_cast<Rejection>(i);
    sample(rejection == Rejection::none ? "ok" : rejection_name(rejection), totals.outcomes[i]);
  }
  sample("overloaded", totals.overloaded);
  sample("failed", totals.failed);
}

}  // namespace

std::string entry_metrics(const http::EntryTotals& log_ins, const http::EntryTotals& sign_ups) {
  std::string out;
  append_entries(out, "latchkey_login_total", "Log-ins by outcome.", log_ins);
  append_entries(out, "latchkey_signup_total", "Sign-ups by outcome.", sign_ups);
  return out;
}

std::string account_metrics(const AccountFacts& facts) {
  std::string out;
  append_metric(out, "latchkey_sessions_active", "gauge",
                "Different sessions that this node saw in the last 5 to 10 minutes, about.",
                as_double(facts.active_sessions));
  append_metric(out, "latchkey_verify_max_stale_seconds", "gauge",
                "How old a copy may be that answers /v1/verify while the store does not.",
                seconds(facts.max_stale));
  constexpr std::string_view kReuse = "latchkey_secret_reuse_total";
  append_family(out, kReuse, "counter",
                "Secrets shown that were not those of their session, which is alive.");
  append_sample(out, kReuse, "class=\"grace\"", as_double(facts.secrets.secrets_in_grace));
  append_sample(out, kReuse, "class=\"wrong\"", as_double(facts.secrets.secrets_wrong));
  append_metric(out, "latchkey_disabled_user_tokens_total", "counter",
                "Tokens shown that are right, of users who are disabled.",
                as_double(facts.secrets.users_disabled));
  constexpr std::string_view kHashes = "latchkey_password_hash_duration_seconds";
  append_family(out, kHashes, "summary", "How long passwords were hashed.");
  append_sample(out, std::string{kHashes} + "_sum", {}, facts.hashes.seconds);
  append_sample(out, std::string{kHashes} + "_count", {}, as_double(facts.hashes.count));
  return out;
}

std::string readiness_metrics(http::Readiness* readiness) {
  std::string out;
  const bool ready = readiness != nullptr && !readiness->cause();
  append_metric(out, "latchkey_ready", "gauge",
                "1 while the store answers and takes writes, as /readyz tells.", ready ? 1 : 0);
  if (readiness == nullptr) return out;
  const http::Readiness::Failures failures = readiness->failures();
  append_metric(out, "latchkey_probe_read_failures_total", "counter",
                "Probes that the store did not answer.", as_double(failures.reads));
  append_metric(out, "latchkey_probe_write_failures_total", "counter",
                "Probes that the store did not write.", as_double(failures.writes));
  return out;
}

std::string store_metrics(const AuthStats& stats, Millis staleness) {
  std::string out;
  append_metric(out, "latchkey_cache_max_stale_seconds", "gauge",
                "How long any node may accept a session that has ended.", seconds(staleness));
  if (stats.cache) append_cache(out, *stats.cache);
  if (stats.watch) append_watch(out, *stats.watch);
  if (stats.lookups) append_lookup(out, *stats.lookups);
  if (stats.events) append_events(out, *stats.events);
  return out;
}

}  // namespace latchkey::server
