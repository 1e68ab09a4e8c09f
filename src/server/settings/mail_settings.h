#pragma once

#include <vector>

#include "server/settings/settings.h"

namespace latchkey::server {

// add_mail adds who sends the mail.
void add_mail(std::vector<Setting>& all);
// add_pages adds what the pages look like.
void add_pages(std::vector<Setting>& all);

}  // namespace latchkey::server
