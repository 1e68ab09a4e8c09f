#pragma once

#include <memory>
#include <optional>
#include <utility>

#include "napi.h"

namespace latchkey::node {

// Task is work for another thread, whose outcome settles a promise on the thread that asked.
class Task {
 public:
  virtual ~Task() = default;
  // work runs elsewhere and must not touch JavaScript; value makes the outcome's value.
  virtual void work() = 0;
  virtual const Error* failure() const = 0;
  virtual napi_value value(napi_env env) = 0;
};

// Where tells which threads do the work. Node has four, for its files, its hashes and everybody's
// addons: what may wait for a network takes none of them, or a store that is silent would bring the
// whole program to a stop.
enum class Where : bool { computing, waiting };

// start queues `task` and returns its promise.
napi_value start(napi_env env, std::unique_ptr<Task> task, Where where);

// promise runs `job`, a callable that returns Result<T>, off the event loop; `convert` makes the
// JavaScript value of a T afterwards.
template <class Job, class Convert>
napi_value promise(napi_env env, Where where, Job job, Convert convert) {
  using Outcome = decltype(job());
  class JobTask final : public Task {
   public:
    JobTask(Job given, Convert made) : job_(std::move(given)), convert_(std::move(made)) {}
    void work() override { outcome_.emplace(job_()); }
    const Error* failure() const override { return *outcome_ ? nullptr : &outcome_->error(); }
    napi_value value(napi_env js) override {
      if constexpr (std::is_same_v<Outcome, Result<void>>) {
        return convert_(js);
      } else {
        return convert_(js, **outcome_);
      }
    }

   private:
    Job job_;
    Convert convert_;
    std::optional<Outcome> outcome_;
  };
  return start(env, std::make_unique<JobTask>(std::move(job), std::move(convert)), where);
}

}  // namespace latchkey::node
