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
enum HttpStatusCode : int;
class Cookie {
 public:
  enum class SameSite { kNull, kLax, kStrict, kNone };
  Cookie(const std::string& name, const std::string& value);
  void setPath(const std::string& path);
  void setDomain(const std::string& domain);
  void setMaxAge(int seconds);
  void setSecure(bool secure);
  void setHttpOnly(bool only);
  void setSameSite(SameSite same_site);
};
struct HttpResponse {
  static std::shared_ptr<HttpResponse> newHttpResponse();
  void setStatusCode(HttpStatusCode status);
  void setBody(std::string body);
  void addHeader(std::string name, const std::string& value);
  void addCookie(Cookie&& cookie);
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
