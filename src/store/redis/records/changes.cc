#include "store/redis/records/changes.h"

namespace latchkey::redis {

// push = "invalidate" keys ; keys: an array of names, or null when everything went (FLUSHALL)
void Changes::on_push(const Reply& push) {
  if (push.elements.size() != 2 || push.elements[0].text != "invalidate") return;
  Invalidation change;
  const Reply& keys = push.elements[1];
  change.everything = !keys.is_array();
  for (const Reply& key : keys.elements) keys_.note(key.text, change);
  if (change.everything || !change.ids.empty() || !change.users.empty()) tell(change);
}

}  // namespace latchkey::redis
