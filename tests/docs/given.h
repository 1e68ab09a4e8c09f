#pragma once

// What the pages of the guide take for granted. It is only compiled, never linked.

#include <atomic>
#include <cstdlib>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <latchkey/adapters/beast.h>
#include <latchkey/adapters/httplib.h>
#include <latchkey/auth.h>
#include <latchkey/faulty.h>
#include <latchkey/keyring.h>
#include <latchkey/log.h>
#include <latchkey/memory.h>
#include <latchkey/sessions.h>
#include <latchkey/sqlite.h>
#include <latchkey/user_admin.h>
#include <boost/asio/thread_pool.hpp>

namespace given {

extern latchkey::Auth& auth;
extern latchkey::AuthSession& session;
extern httplib::Server& server;
extern boost::asio::thread_pool& pool;

// A request of a framework that has no adapter.
extern const std::string method, target, peer_address;
extern const std::map<std::string, std::string> headers;

// How the program answers it.
int fail(const std::string& detail);
int answer(int status);
int answer(int status, const std::string& body);
int redirect(const std::string& page);
template <class Handler>
int post(Handler handler) {
  return sizeof handler != 0;
}
void finish(const latchkey::Result<latchkey::AuthSession>& session);

}  // namespace given
