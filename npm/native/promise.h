#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "lanes.h"
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

// start has `task` done on a thread of `lane` and returns its promise, which is rejected with
// ERR_LATCHKEY_OVERLOADED at once when the lane is full. The environment may end meanwhile: then
// nothing is settled.
napi_value start(napi_env env, std::unique_ptr<Task> task, Lane& lane);

// promise runs `job`, a callable that returns Result<T>, off the event loop; `convert` makes the
// JavaScript value of a T afterwards. Both outlive the environment and hold nothing of it.
template <class Job, class Convert>
napi_value promise(napi_env env, Lane& lane, Job job, Convert convert) {
  using Outcome = decltype(job());
  class JobTask final : public Task {
   public:
    JobTask(Job given, Convert made) : job_(std::move(given)), convert_(std::move(made)) {}
    void work() override {
      try {
        outcome_.emplace(job_());
      } catch (const std::exception&) {
        outcome_.emplace(Error{Errc::overloaded, "no memory or no thread is left for this call"});
      }
    }
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
  return start(env, std::make_unique<JobTask>(std::move(job), std::move(convert)), lane);
}

}  // namespace latchkey::node
