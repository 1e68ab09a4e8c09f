#pragma once

#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "environment.h"
#include "lanes.h"
#include "napi.h"

namespace latchkey::node {

// Outcome is what another thread found out; it settles a promise on the thread that asked.
class Outcome {
 public:
  virtual ~Outcome() = default;
  virtual const Error* failure() const = 0;
  virtual napi_value value(napi_env env) = 0;  // where there is no failure
};
// Task is work for another thread, which must not touch JavaScript.
class Task : public Outcome {
 public:
  virtual void work() = 0;
};

// Pending is a promise and what settles it. The environment may end meanwhile: then nothing is
// settled.
class Pending final : public Completion {
 public:
  // make returns it with its `promise`; nothing in an environment that ends.
  static std::shared_ptr<Pending> make(napi_env env, std::unique_ptr<Outcome> outcome,
                                       napi_value& promise);
  Pending(std::unique_ptr<Outcome> outcome, std::shared_ptr<Environment> home,
          napi_deferred deferred)
      : outcome_(std::move(outcome)), home_(std::move(home)), deferred_(deferred) {}

  Outcome& outcome() noexcept { return *outcome_; }
  const std::shared_ptr<Environment>& home() const noexcept { return home_; }
  // refuse settles it with an error when it is complete, whatever the outcome.
  void refuse(Error error) { refusal_ = std::move(error); }
  void settle(napi_env env) override;
  void reject(napi_env env, napi_value error) { napi_reject_deferred(env, deferred_, error); }

 private:
  std::unique_ptr<Outcome> outcome_;
  const std::shared_ptr<Environment> home_;
  const napi_deferred deferred_;
  std::optional<Error> refusal_;
};

// complete tells the environments of `calls` that these are done.
void complete(std::vector<std::shared_ptr<Pending>> calls);

// gather has `by` answer `call`, with what else it gathers, and returns its promise.
napi_value gather(napi_env env, const std::shared_ptr<Gatherer>& by, std::unique_ptr<Outcome> call);

// start has `task` done on a thread of `lane` and returns its promise, which is rejected with
// ERR_LATCHKEY_OVERLOADED at once when the lane is full.
napi_value start(napi_env env, std::unique_ptr<Task> task, Lane& lane);

// promise runs `job`, a callable that returns Result<T>, off the event loop; `convert` makes the
// JavaScript value of a T afterwards. Both outlive the environment and hold nothing of it.
template <class Job, class Convert>
napi_value promise(napi_env env, Lane& lane, Job job, Convert convert) {
  using Done = decltype(job());
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
      if constexpr (std::is_same_v<Done, Result<void>>) {
        return convert_(js);
      } else {
        return convert_(js, **outcome_);
      }
    }

   private:
    Job job_;
    Convert convert_;
    std::optional<Done> outcome_;
  };
  return start(env, std::make_unique<JobTask>(std::move(job), std::move(convert)), lane);
}

}  // namespace latchkey::node
