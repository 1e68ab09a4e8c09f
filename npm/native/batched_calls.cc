#include "batched_calls.h"

#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "latchkey/secret.h"

namespace latchkey::node {
namespace {

// Answered is a call that is given its outcome by who answers its batch.
template <class T>
class Answered : public Outcome {
 public:
  void set(Result<T> outcome) { outcome_.emplace(std::move(outcome)); }
  const Error* failure() const override { return *outcome_ ? nullptr : &outcome_->error(); }

 protected:
  const T& found() const { return **outcome_; }

 private:
  std::optional<Result<T>> outcome_;
};

class CheckCall final : public Answered<Validation> {
 public:
  CheckCall(std::string_view token, const ValidateOptions& options, UnixTime now)
      : token_(token), options_(options), now_(now) {}
  TokenCheck asked() const { return {token_.insecure_view(), options_, now_}; }
  napi_value value(napi_env env) override { return make_validation(env, found()); }

 private:
  const SecretBytes token_;
  const ValidateOptions options_;
  const UnixTime now_;
};

class CreateCall final : public Answered<NewSession> {
 public:
  CreateCall(UserId user, CreateOptions given, UnixTime now)
      : request_{std::move(user), std::move(given), now} {}
  CreateRequest asked() const { return request_; }
  napi_value value(napi_env env) override { return make_new_session(env, found()); }

 private:
  const CreateRequest request_;
};

// answer has `all` answer a batch of `One`.
template <class One, class All>
void answer(OpenSessions& open, const Batches::Batch& batch, All all) {
  std::vector<One*> calls;
  for (const auto& call : batch) calls.push_back(&static_cast<One&>(call->outcome()));
  const Result<Sessions*> sessions = open.sessions();
  if (!sessions) {
    for (One* call : calls) call->set(sessions.error());
    return;
  }
  std::vector<decltype(calls.front()->asked())> asked;
  for (const One* call : calls) asked.push_back(call->asked());
  auto outcomes = all(**sessions, asked);
  for (std::size_t i = 0; i < calls.size(); ++i) calls[i]->set(std::move(outcomes[i]));
}

}  // namespace

Batches::Answer check_answers(OpenSessions& open) {
  return [&open](const Batches::Batch& batch) {
    answer<CheckCall>(open, batch, [](Sessions& sessions, std::span<const TokenCheck> asked) {
      return sessions.validate_all(asked);
    });
  };
}

Batches::Answer create_answers(OpenSessions& open) {
  return [&open](const Batches::Batch& batch) {
    answer<CreateCall>(open, batch, [](Sessions& sessions, std::span<const CreateRequest> asked) {
      return sessions.create_all(asked);
    });
  };
}

napi_value check_later(napi_env env, const std::shared_ptr<OpenSessions>& open,
                       std::string_view token, const ValidateOptions& options, UnixTime now) {
  return gather(env, {open, &open->checks()}, std::make_unique<CheckCall>(token, options, now));
}

napi_value create_later(napi_env env, const std::shared_ptr<OpenSessions>& open, UserId user,
                        CreateOptions given, UnixTime now) {
  return gather(env, {open, &open->creations()},
                std::make_unique<CreateCall>(std::move(user), std::move(given), now));
}

}  // namespace latchkey::node
