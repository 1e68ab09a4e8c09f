#pragma once

#include <node_api.h>

#include <memory>
#include <mutex>
#include <vector>

namespace latchkey::node {

// Completion is work that is done and has to be told to JavaScript.
class Completion {
 public:
  virtual ~Completion() = default;
  // settle runs on the thread of JavaScript; never called once its environment has ended.
  virtual void settle(napi_env env) = 0;
};

class Pending;

// Gatherer takes calls to where they are answered together.
class Gatherer {
 public:
  virtual ~Gatherer() = default;
  // send begins with `calls`, on the thread of JavaScript. `self` is this, to be kept alive.
  virtual void send(const std::shared_ptr<Gatherer>& self,
                    std::vector<std::shared_ptr<Pending>> calls) = 0;
};

// Environment is one thread of JavaScript, the main one or a worker, into which the addon is
// loaded. Work for it is done on other threads, which do not end with it: a worker may be
// terminated at any time. So it owns the queue of what is done, and the queue is closed under its
// lock before Node frees anything; what comes later is dropped.
//
//   std::shared_ptr<Environment> home = Environment::of(env);
//   lane.offer([home, work] { work->run(); home->complete(work); }) ... home->hold(env);
class Environment {
 public:
  // What is gathered waits for no more than these.
  static constexpr std::size_t kTogether = 64;

  // enter makes the Environment of `env`; called when the addon is loaded into it. False: Node
  // refused, with a JavaScript exception pending or because it is ending.
  static bool enter(napi_env env);
  // of returns it; null when there is none.
  static std::shared_ptr<Environment> of(napi_env env);

  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

  // hold keeps the event loop running until one more completion has been settled. On its thread.
  void hold(napi_env env);
  // complete has what is done settled soon; of an environment that has ended it is dropped. Any
  // thread.
  void complete(std::vector<std::shared_ptr<Completion>> done);
  // gather has `by` send `call` when this turn of the event loop is over, or when kTogether are
  // there. It is held until it is complete. On its thread.
  void gather(napi_env env, const std::shared_ptr<Gatherer>& by, std::shared_ptr<Pending> call);

 private:
  Environment() = default;
  static void close_all();
  static void woken(napi_env env, napi_value, void* context, void*);
  void close();
  void end_turn();
  void settle_all(napi_env env);

  napi_threadsafe_function wake_ = nullptr;
  // On its thread only:
  std::size_t held_ = 0;
  struct Turn {
    std::shared_ptr<Gatherer> by;
    std::vector<std::shared_ptr<Pending>> calls;
  };
  std::vector<Turn> turns_;  // one for each gatherer; what ends with the environment was not begun

  std::mutex mutex_;
  bool closed_ = false;                            // then wake_ must not be called any more
  std::vector<std::shared_ptr<Completion>> done_;  // not settled yet; wake_ was called for them
};

}  // namespace latchkey::node
