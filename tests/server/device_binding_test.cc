// Whether a deployment can offer device-bound sessions: the start says so.
#include <gtest/gtest.h>

#include "tests/server/program.h"
#include "tests/support/temp_directory.h"

namespace latchkey::testing {
namespace {

class ServeDeviceBinding : public ::testing::Test {
 protected:
  std::string data() { return directory_.path() + "/data"; }
  // refused starts a server that must not start, and returns what it says.
  std::string refused(std::vector<std::string> more) {
    std::vector<std::string> arguments = {"serve", "--data", data(), "--listen", "127.0.0.1:0"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    Program program({.arguments = arguments});
    EXPECT_EQ(program.wait(), 2);
    return program.errors();
  }

  TempDirectory directory_;
};

TEST_F(ServeDeviceBinding, R167WhatCannotBeBoundIsSaidAtTheStart) {
  const std::string over_http = refused({"--set", "session.device_binding=require"});
  EXPECT_NE(over_http.find("needs an https public URL"), std::string::npos) << over_http;
  const std::string stateless =
      refused({"--set", "session.device_binding=prefer", "--set", "session.carrier=sealed"});
  EXPECT_NE(stateless.find("cannot be bound"), std::string::npos) << stateless;
  Server server(data(), {"--set", "session.device_binding=prefer"});
  ASSERT_TRUE(server.ready()) << server.program().errors();
  EXPECT_NE(server.program().errors().find("device_binding_not_offered"), std::string::npos);
}

}  // namespace
}  // namespace latchkey::testing
