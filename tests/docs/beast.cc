#include "given.h"
//% each
namespace SNIPPET {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using latchkey::AuthSession;
using Request = http::request<http::string_body>;
using Response = http::response<http::string_body>;
std::string field(const std::string& body, const std::string& name);
//% here
}  // namespace SNIPPET
