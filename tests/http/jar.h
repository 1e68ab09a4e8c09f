#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "http/service.h"

namespace latchkey::testing {

// Jar sends requests with every cookie it holds and keeps what comes back, as a browser does.
class Jar {
 public:
  Jar(http::Service& service, std::string origin) : service_(service), origin_(std::move(origin)) {}

  http::Response send(std::string_view method, std::string_view path, std::string_view body = {},
                      const std::vector<http::Header>& more = {}) {
    std::string line;
    for (const auto& [name, value] : cookies) line += name + "=" + value + "; ";
    std::vector<http::Header> headers{{"Cookie", line}, {"Origin", origin_}};
    if (!body.empty()) headers.push_back({"Content-Type", "application/json"});
    headers.insert(headers.end(), more.begin(), more.end());
    http::Request request;
    request.method = method;
    request.path = path;
    request.body = body;
    request.headers = headers;
    request.peer_address = "192.0.2.7";
    lane = service_.lane(request);
    http::Response response = service_.handle(request);
    for (const auto& [name, value] : response.headers) {
      if (name == "Set-Cookie") keep(value);
    }
    return response;
  }
  http::Response get(std::string_view path) { return send("GET", path); }

  // only_knows_the_device: what is left after a log-out.
  bool only_knows_the_device() const {
    return cookies.size() == 1 && cookies.begin()->first.find("device") != std::string::npos;
  }

  // keep takes one Set-Cookie value; an empty cookie goes.
  void keep(const std::string& value) {
    const std::size_t equals = value.find('=');
    const std::string text = value.substr(equals + 1, value.find(';') - equals - 1);
    cookies.erase(value.substr(0, equals));
    if (!text.empty()) cookies[value.substr(0, equals)] = text;
  }

  std::map<std::string, std::string> cookies;
  http::Lane lane{};  // of the last request

 private:
  http::Service& service_;
  const std::string origin_;
};

}  // namespace latchkey::testing
