#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "latchkey/store/scan_store.h"

namespace latchkey::cli {

// CopyCounts says what a pass over a store did.
struct CopyCounts {
  std::size_t users = 0;  // rows seen
  std::size_t sessions = 0;
  std::size_t others = 0;   // epochs, denials and events
  std::size_t written = 0;  // rows of the target that were made or changed
  std::size_t ended = 0;    // sessions ended in the target because the source has them no more
  std::size_t differ = 0;   // rows that are not the same in both when the check is over
};

// StoreCopy makes one store hold what another one holds, while the other one is in use. It only
// makes the calls of the store contract, so that the target may be of any engine. Everything may
// be done again at any time: what is there already is left as it is.
class StoreCopy {
 public:
  // told is called after each page with the position to go on from and what was done so far.
  using Told = std::function<void(const std::string& position, const CopyCounts& counts)>;
  StoreCopy(Store& from, ScanStore& source, Store& to, ScanStore& target, Told told)
      : from_(from), source_(source), to_(to), target_(target), told_(std::move(told)) {}

  // copy writes users, epochs, denials, sessions and events, from `position` on (empty: all).
  // One-time secrets are not copied: who holds one asks for another.
  Result<CopyCounts> copy(const std::string& position);
  // end_missing ends sessions in the target that the source does not have any more.
  Result<CopyCounts> end_missing();
  // check counts what is not the same in both; times of use may differ.
  Result<CopyCounts> check();
  // copy_keys copies the key ring, unless the target has one.
  Result<void> copy_keys();

 private:
  template <class Visit>
  Result<void> each_page(ScanStore& scan, const std::string& position, CopyCounts& counts,
                         Visit visit);
  Result<void> write(const ScanPage& page, CopyCounts& counts);
  Result<void> copy_events(std::string after, CopyCounts& counts);
  Result<void> write_user(const StoredUser& user, CopyCounts& counts);
  Result<void> write_epoch(const UserEpoch& epoch, CopyCounts& counts);
  Result<void> write_session(const SessionRecord& record, CopyCounts& counts);
  Result<void> change_session(const SessionRecord& record, const SessionRecord& there,
                              CopyCounts& counts);
  Result<void> compare(const ScanPage& page, CopyCounts& counts);

  Store& from_;
  ScanStore& source_;
  Store& to_;
  ScanStore& target_;
  const Told told_;
};

}  // namespace latchkey::cli
