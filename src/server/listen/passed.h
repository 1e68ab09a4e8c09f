#pragma once

#include <string>
#include <vector>

#include "latchkey/result.h"
#include "server/files/descriptor.h"
#include "server/listen/address.h"

namespace latchkey::server {

// PassedSocket is a socket that the service manager opened and keeps open: connections wait in it
// while the server is restarted, and none is refused.
struct PassedSocket {
  Descriptor socket{};
  std::string name{};  // FileDescriptorName= of the unit
  ListenAddress address{};
};

// take_passed_sockets takes the sockets of systemd's socket activation (sd_listen_fds(3)), once,
// and removes the variables that announce them. None is the usual case. Refuses what does not
// listen for streams over IP or a unix socket.
Result<std::vector<PassedSocket>> take_passed_sockets();

}  // namespace latchkey::server
