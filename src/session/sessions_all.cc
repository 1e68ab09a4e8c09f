#include <algorithm>

#include "session/mint.h"
#include "session/sessions_impl.h"

// Many sessions at once: each step is done for all of them before the next.
namespace latchkey {

// Draft is a new session on its way into the store.
struct SessionBase::Impl::Draft {
  std::optional<Result<NewSession>>& made;
  SessionRecord record;
  InsertOptions limits;
  const DeviceContext& context;
  SessionToken token;
};

namespace {

template <class T>
std::vector<Result<T>> all_failed(std::size_t count, const Error& error) {
  std::vector<Result<T>> answers;
  for (std::size_t i = 0; i < count; ++i) answers.emplace_back(error);
  return answers;
}

}  // namespace

std::vector<Result<Validation>> SessionBase::validate_all(std::span<const TokenCheck> checks) {
  if (impl_->forked.crossed()) return all_failed<Validation>(checks.size(), forked_error());
  if (impl_->envelope) return impl_->validate_all(checks);
  std::vector<Result<Validation>> answers;
  if (!impl_->stateless) {
    impl_->validator.validate_all(checks, answers);
    return answers;
  }
  for (const TokenCheck& check : checks) {
    const UnixTime now = check.now ? *check.now : impl_->clock.now();
    answers.push_back(impl_->stateless->validate(check.token, check.options, now));
  }
  return answers;
}

std::vector<Result<NewSession>> SessionBase::create_all(std::span<const CreateRequest> requests) {
  if (impl_->forked.crossed()) return all_failed<NewSession>(requests.size(), forked_error());
  if (!impl_->stateless) return impl_->create_all(requests);
  std::vector<Result<NewSession>> made;
  for (const CreateRequest& request : requests) {
    const UnixTime now = request.now ? *request.now : impl_->clock.now();
    made.push_back(impl_->create(request.user, request.options, now));
  }
  return made;
}

std::vector<Result<NewSession>> SessionBase::Impl::create_all(
    std::span<const CreateRequest> requests) {
  std::vector<std::optional<Result<NewSession>>> made(requests.size());
  std::vector<Draft> drafts;
  drafts.reserve(requests.size());  // its elements stay where they are
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const CreateRequest& request = requests[i];
    const UnixTime now = request.now ? *request.now : clock.now();
    Result<SessionRecord> record = draft(request.user, request.options, now);
    if (!record) {
      made[i] = record.error();
      continue;
    }
    Result<SessionToken> token = draw(*record);
    if (!token) {
      made[i] = token.error();
      continue;
    }
    drafts.push_back({made[i], *std::move(record), limits_of(request.options, now),
                      request.options.context, *std::move(token)});
  }
  for (std::span<Draft> rest(drafts); !rest.empty();) {
    const auto some = rest.first(std::min(rest.size(), kMaxFind));
    rest = rest.subspan(some.size());
    insert(some);
  }
  std::vector<Result<NewSession>> all;
  for (auto& one : made) all.push_back(*std::move(one));
  return all;
}

// An id that is taken is drawn again, for that session alone.
void SessionBase::Impl::insert(std::span<Draft> drafts) {
  std::vector<Insertion> insertions;
  for (const Draft& draft : drafts) insertions.push_back({draft.record, draft.limits});
  const std::vector<Result<InsertOutcome>> outcomes = sessions.insert_all(insertions);
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    Draft& draft = drafts[i];
    draft.made = settle(outcomes[i], draft.token, draft.record, draft.context);
    if (!draft.made) draft.made = insert(std::move(draft.record), draft.limits, draft.context, 1);
  }
}

}  // namespace latchkey
