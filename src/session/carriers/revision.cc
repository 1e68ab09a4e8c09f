#include "session/carriers/revision.h"

#include <algorithm>

#include "codec/seal/sealed_session.h"
#include "crypto/digest.h"

// revision = moment mark
// moment   = milliseconds since the session was made, or one more than that of the revision before
// mark     = the lowest ten bits: of SHA-256 of the attributes
// Nobody counts for a session without a row. The clock does, so that two tabs that change the same
// cookie at once get two numbers; within one millisecond the mark tells them apart.
namespace latchkey::session {
namespace {

constexpr std::int64_t kMarks = 1024;

std::uint32_t checksum(std::string_view attributes) noexcept {
  const auto hash = crypto::sha256(crypto::as_bytes(attributes));
  return std::uint32_t{hash[0]} << 24 | std::uint32_t{hash[1]} << 16 | std::uint32_t{hash[2]} << 8 |
         std::uint32_t{hash[3]};
}

}  // namespace

std::int64_t next_revision(const SessionRecord& session, std::string_view attributes,
                           UnixTime now) noexcept {
  const std::int64_t before = session.revision() / kMarks;
  const std::int64_t moment = std::max((now - session.created_at).count(), before + 1);
  const std::int64_t mark = checksum(attributes) % kMarks;
  return std::min(moment, codec::kMaxRevision / kMarks) * kMarks + mark;
}

std::int64_t revision_of_content(std::string_view attributes) noexcept {
  return attributes.empty() ? 1 : 2 + std::int64_t{checksum(attributes)};
}

void set_carried(SessionRecord& record, std::int64_t epoch, std::int64_t revision) noexcept {
  record.version = 0;
  record.carried = CarriedState{epoch, revision};
}

}  // namespace latchkey::session
