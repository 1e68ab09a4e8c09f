#pragma once

#include <string_view>

// How AuthSession::apply() writes on the responses of any framework. Included by auth.h.
namespace latchkey {

// HeaderLine is a header to send. Its texts live until the next non-const call of the AuthSession.
struct HeaderLine {
  std::string_view name;
  std::string_view value;
};

// ResponseHeaders tells apply() how to change the headers of a `Response`: specialise it with
//   static void remove_if(Response&, auto unwanted);  // unwanted(name, value) is true: remove
//   static void add(Response&, std::string_view name, std::string_view value);
template <class Response>
struct ResponseHeaders;

}  // namespace latchkey
