#include "session/sessions_impl.h"

// Sessions and the cookies they travel in.
namespace latchkey {

Result<std::string> SessionBase::set_cookie(const SessionToken& token,
                                            const SessionRecord& record) const {
  return impl_->cookies.set_cookie(token, record, impl_->clock.now());
}

std::string SessionBase::blank_cookie() const { return impl_->cookies.blank_cookie(); }

std::optional<std::string> SessionBase::read_cookie(std::span<const std::string_view> lines) const {
  return impl_->cookies.read_cookie(lines);
}

Result<std::vector<std::string>> SessionBase::set_cookies(
    const SessionToken& token, const SessionRecord& record,
    std::span<const std::string_view> lines) const {
  return impl_->cookies.set_cookies(token, record, lines, impl_->clock.now());
}

std::vector<std::string> SessionBase::blank_cookies(std::span<const std::string_view> lines) const {
  return impl_->cookies.blank_cookies(lines);
}

}  // namespace latchkey
