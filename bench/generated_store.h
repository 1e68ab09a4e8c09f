#pragma once

#include <optional>
#include <span>
#include <vector>

#include "bench/fixture.h"

namespace latchkey::bench {

// A store that has every session and keeps none, so that only the cache's memory grows.
class GeneratedStore final : public Store, public SessionStore {
 public:
  GeneratedStore(Store& meta, UnixTime now) : meta_(meta), now_(now) {}
  std::uint64_t next = 0;  // which session the next find is about

  SessionStore& sessions() override { return *this; }
  EpochStore& epochs() override { return meta_.epochs(); }
  UserStore& users() override { return meta_.users(); }
  DenyStore& denials() override { return meta_.denials(); }
  CounterStore& counters() override { return meta_.counters(); }
  OneTimeStore& one_time() override { return meta_.one_time(); }
  EventStore& events() override { return meta_.events(); }
  KeyStore& keys() override { return meta_.keys(); }
  MetaStore& meta() override { return meta_.meta(); }
  Result<std::vector<Found>> find(std::span<const SessionId>, const FindOptions&) override {
    std::vector<Found> found(1);
    found.front().record = make_record(next, now_);
    return found;
  }
  Result<InsertOutcome> insert(const SessionRecord&, const InsertOptions&) override { return no(); }
  Result<std::size_t> touch(std::span<const Touch>) override { return no(); }
  Result<ReplaceStatus> replace(const SessionRecord&, std::int64_t, UnixTime) override {
    return no();
  }
  Result<std::size_t> remove(std::span<const SessionId>, EndReason, UnixTime) override {
    return no();
  }
  Result<Removed> remove_user(const UserId&, const RemoveUserOptions&) override { return no(); }
  Result<SessionPage> list_user(const UserId&, const PageRequest&) override { return no(); }
  Result<std::size_t> prune(UnixTime, std::size_t) override { return no(); }
  std::optional<Millis> watch(Sink) override { return std::nullopt; }

 private:
  static Error no() { return {Errc::store_read_only, "generated"}; }
  Store& meta_;
  UnixTime now_;
};

}  // namespace latchkey::bench
