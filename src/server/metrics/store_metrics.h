#pragma once

#include <string>

#include "http/entry_counts.h"
#include "http/readiness.h"
#include "latchkey/auth.h"

namespace latchkey::server {

// readiness_metrics tells whether this node is ready and how often probes of the store failed;
// nullptr: it has no store yet.
std::string readiness_metrics(http::Readiness* readiness);

// store_metrics tells how the way to the store does, in the exposition format of Prometheus.
// `staleness` bounds how long an ended session is accepted.
std::string store_metrics(const AuthStats& stats, Millis staleness);

// AccountFacts are what metrics tell of sessions and passwords beside the store.
struct AccountFacts {
  std::uint64_t active_sessions = 0;
  Millis max_stale{0};  // verify.on_store_error; 0: deny
  HashTimes hashes{};
  Sessions::Stats secrets{};
};
std::string account_metrics(const AccountFacts& facts);

// entry_metrics tells how log-ins and sign-ups ended.
std::string entry_metrics(const http::EntryTotals& log_ins, const http::EntryTotals& sign_ups);

}  // namespace latchkey::server
