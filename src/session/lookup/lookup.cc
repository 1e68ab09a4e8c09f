#include "latchkey/lookup.h"

#include "latchkey/store/forwarding_store.h"
#include "session/lookup/queue.h"

namespace latchkey {
namespace session {
namespace {

class QueuedSessions final : public ForwardingSessionStore {
 public:
  QueuedSessions(SessionStore& inner, const LookupOptions& options)
      : ForwardingSessionStore(inner), queue_(inner, options) {}

  std::vector<Result<InsertOutcome>> insert_all(std::span<const Insertion> insertions) override {
    return inner().insert_all(insertions);
  }
  Result<std::vector<Found>> find(std::span<const SessionId> ids,
                                  const FindOptions& options) override {
    if (options.wait == Wait::never) return would_wait();
    return queue_.find(ids, options);
  }
  LookupStats stats() const { return queue_.stats(); }

 private:
  LookupQueue queue_;
};

class RemoteDenials final : public DenyStore {
 public:
  explicit RemoteDenials(DenyStore& inner) : inner_(inner) {}

  Result<std::size_t> deny(std::span<const Denial> denials) override {
    return inner_.deny(denials);
  }
  Result<Standing> standing(std::string_view key, const UserId& user, Wait wait) override {
    if (wait == Wait::never) return would_wait();
    return inner_.standing(key, user);
  }
  Result<std::size_t> prune_denials(UnixTime now, std::size_t limit) override {
    return inner_.prune_denials(now, limit);
  }

 private:
  DenyStore& inner_;
};

class LookupStore final : public Lookup {
 public:
  LookupStore(Store& inner, const LookupOptions& options)
      : inner_(inner), sessions_(inner.sessions(), options), denials_(inner.denials()) {}

  SessionStore& sessions() override { return sessions_; }
  EpochStore& epochs() override { return inner_.epochs(); }
  UserStore& users() override { return inner_.users(); }
  DenyStore& denials() override { return denials_; }
  CounterStore& counters() override { return inner_.counters(); }
  OneTimeStore& one_time() override { return inner_.one_time(); }
  EventStore& events() override { return inner_.events(); }
  KeyStore& keys() override { return inner_.keys(); }
  MetaStore& meta() override { return inner_.meta(); }
  LookupStats stats() const override { return sessions_.stats(); }

 private:
  Store& inner_;
  QueuedSessions sessions_;
  RemoteDenials denials_;
};

}  // namespace
}  // namespace session

std::unique_ptr<Lookup> make_lookup(Store& inner, const LookupOptions& options) {
  return std::make_unique<session::LookupStore>(inner, options);
}

}  // namespace latchkey
