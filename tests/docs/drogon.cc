#include "given.h"
//% each
// The names of Drogon that the page uses.
namespace drogon {
struct Address {
  std::string toIp() const;
};
struct HttpRequest {
  std::string getMethodString() const;
  const std::string& path() const;
  const std::string& query() const;
  const Address& peerAddr() const;
  const std::map<std::string, std::string>& headers() const;
};
enum HttpStatusCode { k303SeeOther = 303 };
struct HttpResponse {
  static std::shared_ptr<HttpResponse> newHttpResponse();
  void setStatusCode(HttpStatusCode status);
  void setBody(std::string body);
  void addHeader(std::string name, const std::string& value);
  void removeHeader(std::string name);
  const std::map<std::string, std::string>& headers() const;
};
using HttpRequestPtr = std::shared_ptr<HttpRequest>;
using HttpResponsePtr = std::shared_ptr<HttpResponse>;
}  // namespace drogon
namespace trantor {
struct ConcurrentTaskQueue {
  ConcurrentTaskQueue(std::size_t threads, const std::string& name);
  void runTaskInQueue(const std::function<void()>& task);
};
}  // namespace trantor
using given::auth;
//% here
