#include "http/device.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

struct Case {
  const char* user_agent;
  const char* device;
};

class Device : public ::testing::TestWithParam<Case> {};

TEST_P(Device, IsReadFromTheUserAgent) {
  EXPECT_EQ(describe_device(GetParam().user_agent), GetParam().device);
}

constexpr Case kCases[] = {
    {"Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox on Linux"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/140.0.0.0 Safari/537.36",
     "Chrome on Windows"},
    {"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0",
     "Edge on Windows"},
    {"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "Version/18.0 Safari/605.1.15",
     "Safari on macOS"},
    {"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
     "Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
     "Safari on iPhone"},
    {"Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
     "CriOS/140.0 Mobile/15E148 Safari/604.1",
     "Chrome on iPad"},
    {"Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) "
     "SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36",
     "Samsung Internet on Android"},
    {"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) "
     "Chrome/140.0.0.0 Safari/537.36 OPR/120.0",
     "Opera on ChromeOS"},
    {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
     "HeadlessChrome/140.0.0.0 Safari/537.36",
     "Chrome on Linux"},
    {"curl/7.88.1", "curl"},
    {"node", "Node.js"},
    {"Mozilla/5.0 (compatible; Thing; Linux)", "Unknown browser on Linux"},
    {"", "Unknown device"},
    {"<script>alert(1)</script>", "Unknown device"},
};

INSTANTIATE_TEST_SUITE_P(Known, Device, ::testing::ValuesIn(kCases));

}  // namespace
}  // namespace latchkey::http
