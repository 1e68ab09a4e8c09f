#include <cstdlib>
#include <new>

#include "tests/support/auth_fixture.h"

// What a request asks of the allocator. Both operators are replaced for the whole test program;
// only a thread that counts is counted. ThreadSanitizer brings operators of its own that cannot be
// replaced, so its build leaves this file empty.
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define LATCHKEY_UNDER_TSAN
#endif
#endif
#if !defined(LATCHKEY_UNDER_TSAN) && !defined(__SANITIZE_THREAD__)
namespace {
thread_local std::size_t* t_counter = nullptr;
}  // namespace

void* operator new(std::size_t size) {
  if (t_counter != nullptr) ++*t_counter;
  void* memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace latchkey::testing {
namespace {

// allocations_of calls `work` twice and counts at the second time: what is made once is made then.
template <class Work>
std::size_t allocations_of(const Work& work) {
  work();
  std::size_t count = 0;
  t_counter = &count;
  work();
  t_counter = nullptr;
  return count;
}

class AuthAllocationsTest : public AuthFixture {
 protected:
  AuthAllocationsTest() {
    AuthOptions options = usual();
    options.near_cache = NearCacheOptions{.max_age = std::chrono::hours{1}};
    auth_ = open(std::move(options));
  }
  std::size_t of_validation(const std::string& token, bool with_user) {
    return allocations_of([&] {
      const auto seen = auth_->sessions().validate(token, {.with_user = with_user});
      EXPECT_TRUE(seen && seen->state == SessionState::active);
    });
  }
  static std::string token_of(const std::string& cookie) {
    return cookie.substr(cookie.find('=') + 1);
  }
  std::unique_ptr<Auth> auth_;
};

TEST_F(AuthAllocationsTest, TheTestCountsEachOfThem) {
  EXPECT_EQ(allocations_of([] { std::make_unique<int>(1); }), 1U);
}

// The id of the user and the client are short enough to live in the record itself.
TEST_F(AuthAllocationsTest, ACachedSessionIsValidatedWithoutAny) {
  AuthSession session = begin(*auth_, form());
  ASSERT_TRUE(session.log_in(UserId{7}));
  EXPECT_EQ(of_validation(token_of(pair_of(session)), false), 0U);
}

TEST_F(AuthAllocationsTest, ASignedInGetAllocatesOnceMoreThanItsValidation) {
  const std::string cookie = sign_up(*auth_);
  const Headers headers = page().with("Cookie", "theme=dark; " + cookie).headers;
  const std::size_t begun = allocations_of([&] {
    const auto session = auth_->begin({"GET", "/training", "127.0.0.1", headers});
    ASSERT_TRUE(session && *session);
    EXPECT_EQ(session->response_headers().size(), 2U);
  });
  EXPECT_EQ(begun, of_validation(token_of(cookie), true) + 1);
}

TEST_F(AuthAllocationsTest, ACookieInSeveralLinesCostsNoneMore) {
  const std::string cookie = sign_up(*auth_);
  Headers headers = page().with("Cookie", "theme=dark").headers;
  headers.emplace_back("cookie", cookie);
  const std::size_t begun = allocations_of([&] {
    const auto session = auth_->begin({"GET", "/training", "127.0.0.1", headers});
    ASSERT_TRUE(session && *session);
  });
  EXPECT_EQ(begun, of_validation(token_of(cookie), true) + 1);
}

}  // namespace
}  // namespace latchkey::testing
#endif
