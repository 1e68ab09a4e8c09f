#include "server/lucia_source.h"

#include <utility>

#include "codec/json/json.h"
#include "codec/token/opaque_token.h"

namespace latchkey::server {
namespace {

class LuciaSource final : public session::ForeignSource {
 public:
  LuciaSource(std::unique_ptr<LuciaReader> database, session::SessionShape shape)
      : database_(std::move(database)), shape_(std::move(shape)) {}

  std::string_view name() const noexcept override { return "lucia"; }
  bool lives_in_cookies() const noexcept override { return false; }

  Result<session::ForeignRead> read(std::string_view text, UnixTime now) override {
    if (!codec::opaque_session_id(text)) return session::ForeignRead{.why = "malformed"};
    auto row = database_->find(text);
    if (!row) return row.error();
    if (!*row) return session::ForeignRead{.why = "unknown"};
    if (now >= (*row)->expires_at) return session::ForeignRead{.why = "expired"};
    const auto columns = codec::parse_json((*row)->attributes);
    if (!columns || columns->object() == nullptr) return session::ForeignRead{.why = "no_object"};
    if (auto fault = session::find_fault(*columns, shape_)) {
      return session::ForeignRead{.why = fault->why, .member = std::move(fault->member)};
    }
    session::ForeignSession session;
    session.user_id = std::move((*row)->user_id);
    session.attributes = std::move((*row)->attributes);
    session.expires_at = (*row)->expires_at;
    session.key = session::foreign_key(text);
    return session::ForeignRead{.session = std::move(session)};
  }

  Result<bool> end(std::string_view text, const session::ForeignSession&, DenyStore&) override {
    return database_->remove(text);
  }

 private:
  const std::unique_ptr<LuciaReader> database_;
  const session::SessionShape shape_;
};

}  // namespace

std::unique_ptr<session::ForeignSource> make_lucia_source(std::unique_ptr<LuciaReader> database,
                                                          session::SessionShape shape) {
  return std::make_unique<LuciaSource>(std::move(database), std::move(shape));
}

}  // namespace latchkey::server
