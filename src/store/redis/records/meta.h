#pragma once

#include "store/redis/engine.h"

namespace latchkey::redis {

class RedisMeta final : public MetaStore {
 public:
  explicit RedisMeta(Engine& engine) : engine_(engine) {}

  // open finds the store or, when the options allow it, makes it.
  Result<StoreMeta> open(const RedisOptions& options);

  Result<StoreMeta> meta() override;
  // check asks every node for a marker.
  Result<void> check() override;

 private:
  Result<StoreMeta> read();
  Result<StoreMeta> make(const std::optional<StoreMeta>& adopt);
  Result<void> make_markers();

  Engine& engine_;
  bool ready_ = false;  // every marker was made
};

}  // namespace latchkey::redis
