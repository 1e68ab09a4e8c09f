// TLS to Redis: the certificate and its name are verified.
#include <gtest/gtest.h>

#include <cstdlib>

#include "latchkey/testing/store_fixture.h"
#include "tests/redis/server.h"
#include "tests/support/free_port.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

class RedisTls : public ::testing::Test {
 protected:
  void SetUp() override {
    const std::string make =
        "cd '" + directory_.path() +
        "' && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-keyout key.pem -out cert.pem -subj /CN=localhost "
        "-addext subjectAltName=DNS:localhost >openssl.log 2>&1";
    ASSERT_EQ(std::system(make.c_str()), 0) << "openssl";
    tls_port_ = free_port();
    server_ = std::make_unique<RedisServer>(std::vector<std::string>{
        "--tls-port", std::to_string(tls_port_), "--tls-cert-file", path("cert.pem"),
        "--tls-key-file", path("key.pem"), "--tls-ca-cert-file", path("cert.pem"),
        "--tls-auth-clients", "no"});
  }
  std::string path(const std::string& name) const { return directory_.path() + "/" + name; }
  Result<std::unique_ptr<Store>> open(const std::string& host, const std::string& ca_file) {
    RedisOptions options;
    options.addresses.push_back({.host = host, .port = tls_port_});
    options.tls = true;
    options.ca_file = ca_file;
    return open_redis(options);
  }

  TempDirectory directory_;
  std::uint16_t tls_port_ = 0;
  std::unique_ptr<RedisServer> server_;
};

TEST_F(RedisTls, AKnownCertificateOfTheRightNameIsTaken) {
  const auto store = open("localhost", path("cert.pem"));
  ASSERT_TRUE(store) << store.error().detail << server_->log();
  EXPECT_TRUE((*store)->meta().check());
  SessionRecord record;
  record.id = SessionId::parse("06S0123456789abcdefghij").value();
  record.idle_expires_at = record.absolute_expires_at = kNever;
  record.attributes = std::string(kMaxAttributesBytes, 'x');  // several packets
  EXPECT_TRUE((*store)->sessions().insert(record, {}));
  EXPECT_EQ(must((*store)->sessions().find({&record.id, 1}, {}))[0].record, record);
}

TEST_F(RedisTls, AnUnknownCertificateIsRefused) {
  const auto store = open("localhost", "");
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Errc::store_unavailable);
}

TEST_F(RedisTls, ACertificateOfAnotherNameIsRefused) {
  const auto store = open("127.0.0.1", path("cert.pem"));
  ASSERT_FALSE(store) << "the certificate is for localhost";
  EXPECT_NE(store.error().detail.find("certificate verify failed"), std::string::npos)
      << store.error().detail;
}

TEST_F(RedisTls, AFileThatHoldsNoCertificatesIsMisuse) {
  EXPECT_EQ(open("localhost", path("missing.pem")).error().code, Errc::bad_config);
}

}  // namespace
}  // namespace latchkey::testing
