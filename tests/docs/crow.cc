#include "given.h"
//% each
// The names of Crow that the page uses.
namespace crow {
struct request {
  std::string raw_url, remote_ip_address, body;
  std::multimap<std::string, std::string> headers;
  int method;
};
struct response {
  std::multimap<std::string, std::string> headers;
  int code = 200;
  std::string body;
  void add_header(std::string name, std::string value) {
    headers.emplace(std::move(name), std::move(value));
  }
};
std::string method_name(int method);
}  // namespace crow
using given::auth;
//% here
