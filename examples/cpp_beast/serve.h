#pragma once

#include <map>
#include <string>
#include <utility>

#include <latchkey/adapters/beast.h>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>

// The accept loop, the router and an HTML answer, as any program on Beast has them.
namespace example {

using Request = boost::beast::http::request<boost::beast::http::string_body>;
using Response = boost::beast::http::response<boost::beast::http::string_body>;
using Handler = void (*)(const Request& request, Response& response,
                         latchkey::AuthSession& session);
using Routes = std::map<std::string, Handler>;  // "GET /path"

inline void html(Response& response, std::string page, unsigned status = 200) {
  response.result(status);
  response.set("Content-Type", "text/html; charset=utf-8");
  response.body() = std::move(page);
}

// serve answers requests on host:port until the program ends. False: the address is taken.
bool serve(const std::string& host, unsigned short port, latchkey::BeastAuth beast,
           const Routes& routes);

}  // namespace example
