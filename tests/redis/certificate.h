#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "tests/support/temp_directory.h"

namespace latchkey::testing {

// Certificate is a new one that vouches for itself, with its key.
class Certificate {
 public:
  // `names` is a subjectAltName as openssl takes it.
  explicit Certificate(const std::string& names = "DNS:localhost") {
    const std::string make =
        "cd '" + directory_.path() +
        "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-keyout key.pem -out cert.pem -subj /CN=localhost -addext subjectAltName=" +
        names + " >openssl.log 2>&1";
    EXPECT_EQ(std::system(make.c_str()), 0) << "openssl";
  }

  std::string file() const { return directory_.path() + "/cert.pem"; }
  // flags let a redis-server show it at `port`.
  std::vector<std::string> flags(std::uint16_t port) const {
    return {"--tls-port",         std::to_string(port),
            "--tls-cert-file",    file(),
            "--tls-key-file",     directory_.path() + "/key.pem",
            "--tls-ca-cert-file", file(),
            "--tls-auth-clients", "no"};
  }

 private:
  TempDirectory directory_;
};

}  // namespace latchkey::testing
