#pragma once

#include <deque>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "latchkey/memory.h"
#include "latchkey/store/forwarding_store.h"

namespace latchkey::testing {

// TrackingEngine is an engine for two nodes, `near` and `far`, that tells as Redis does: it
// remembers what `near` looked up, tells it once when that changes, whoever changed it, and then
// has forgotten it. What it tells waits until `deliver`, or until `near` is answered the next time,
// for messages and answers come in order.
class TrackingEngine {
 public:
  Store& near() { return near_; }
  Store& far() { return far_; }

  // deliver returns when everything told so far has been heard.
  void deliver() LATCHKEY_EXCLUDES(mutex_, delivery_) {
    const MutexLock one_at_a_time(delivery_);
    std::deque<SessionId> told;
    {
      const MutexLock lock(mutex_);
      told.swap(told_);
    }
    for (const SessionId& id : told) {
      if (sink_) sink_({.ids = {id}});
    }
  }

 private:
  class Node final : public ForwardingStore,
                     private ForwardingSessionStore,
                     private ForwardingUserStore {
   public:
    Node(TrackingEngine& engine, bool tracked)
        : ForwardingStore(*engine.inner_),
          ForwardingSessionStore(engine.inner_->sessions()),
          ForwardingUserStore(engine.inner_->users()),
          engine_(engine),
          tracked_(tracked) {}

    SessionStore& sessions() override { return *this; }
    UserStore& users() override { return *this; }

   private:
    Result<InsertOutcome> insert(const SessionRecord& record,
                                 const InsertOptions& options) override {
      const MutexLock lock(engine_.mutex_);
      auto outcome = ForwardingSessionStore::insert(record, options);
      if (outcome) engine_.tell(outcome->evicted);
      return outcome;
    }
    Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                    const FindOptions& options) override {
      auto found = look_up(ids, options);
      if (tracked_) engine_.deliver();
      return found;
    }
    Result<std::vector<Found>> look_up(std::span<const SessionId> ids, const FindOptions& options) {
      const MutexLock lock(engine_.mutex_);
      auto found = ForwardingSessionStore::find(ids, options);
      for (std::size_t i = 0; tracked_ && found && i < ids.size(); ++i) {
        const auto& record = (*found)[i].record;
        engine_.remembered_[ids[i]] = record ? record->user_id : UserId{};
      }
      return found;
    }
    Result<std::size_t> touch(std::span<const Touch> touches) override {
      const MutexLock lock(engine_.mutex_);
      auto moved = ForwardingSessionStore::touch(touches);
      if (moved && *moved > 0) {
        for (const Touch& touch : touches) engine_.tell({touch.id});
      }
      return moved;
    }
    Result<ReplaceStatus> replace(const SessionRecord& record, std::int64_t expected_version,
                                  UnixTime now) override {
      const MutexLock lock(engine_.mutex_);
      auto status = ForwardingSessionStore::replace(record, expected_version, now);
      if (status && *status == ReplaceStatus::replaced) engine_.tell({record.id});
      return status;
    }
    Result<std::size_t> remove(std::span<const SessionId> ids, EndReason reason,
                               UnixTime now) override {
      const MutexLock lock(engine_.mutex_);
      auto existed = ForwardingSessionStore::remove(ids, reason, now);
      engine_.tell({ids.begin(), ids.end()});
      return existed;
    }
    Result<Removed> remove_user(const UserId& user, const RemoveUserOptions& options) override {
      const MutexLock lock(engine_.mutex_);
      auto removed = ForwardingSessionStore::remove_user(user, options);
      if (removed) engine_.tell(removed->ids);
      return removed;
    }
    std::optional<Millis> watch(Sink sink) override {
      const MutexLock lock(engine_.delivery_);
      engine_.sink_ = std::move(sink);
      return Millis{50};
    }

    Result<SetPasswordOutcome> set_password(const SetPassword& change) override {
      const MutexLock lock(engine_.mutex_);
      auto outcome = ForwardingUserStore::set_password(change);
      if (outcome) engine_.tell(outcome->removed.ids);
      return outcome;
    }
    Result<bool> set_attributes(const UserId& id, const std::string& expected,
                                const std::string& attributes) override {
      const MutexLock lock(engine_.mutex_);
      auto changed = ForwardingUserStore::set_attributes(id, expected, attributes);
      engine_.tell_of(id);
      return changed;
    }
    Result<bool> set_disabled(const UserId& id, bool disabled) override {
      const MutexLock lock(engine_.mutex_);
      auto known = ForwardingUserStore::set_disabled(id, disabled);
      engine_.tell_of(id);
      return known;
    }
    Result<std::optional<Removed>> delete_user(const UserId& id, UnixTime now) override {
      const MutexLock lock(engine_.mutex_);
      auto removed = ForwardingUserStore::delete_user(id, now);
      if (removed && *removed) engine_.tell((*removed)->ids);
      return removed;
    }

    TrackingEngine& engine_;
    const bool tracked_;
  };

  void tell(const std::vector<SessionId>& ids) LATCHKEY_REQUIRES(mutex_) {
    for (const SessionId& id : ids) {
      if (remembered_.erase(id) > 0) told_.push_back(id);
    }
  }
  void tell_of(const UserId& user) LATCHKEY_REQUIRES(mutex_) {
    std::vector<SessionId> ids;
    for (const auto& [id, owner] : remembered_) {
      if (owner == user) ids.push_back(id);
    }
    tell(ids);
  }

  std::unique_ptr<Store> inner_ = std::move(*make_memory_store());
  Mutex mutex_;     // what changes and what is remembered of it are one step
  Mutex delivery_;  // whoever comes second waits until the first has delivered
  std::unordered_map<SessionId, UserId> remembered_ LATCHKEY_GUARDED_BY(mutex_);
  std::deque<SessionId> told_ LATCHKEY_GUARDED_BY(mutex_);
  SessionStore::Sink sink_ LATCHKEY_GUARDED_BY(delivery_);
  Node near_{*this, true}, far_{*this, false};
};

}  // namespace latchkey::testing
