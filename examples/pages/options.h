#pragma once

#include <chrono>
#include <cstdlib>
#include <string>
#include <string_view>

namespace pages {

// Options are what both programs are started with: --listen HOST:PORT --store URL, and behind a
// proxy that does TLS --public-url https://HOST. --bound-life SECONDS is for trying out
// device-bound sessions.
struct Options {
  std::string host = "127.0.0.1";
  unsigned short port = 8080;
  std::string store = "sqlite:app.db";
  std::string public_url = "http://localhost:8080";
  std::chrono::seconds bound_life{300};
};

inline Options read_options(int argc, char** argv) {
  Options options;
  std::string public_url;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string value = argv[i + 1];
    if (std::string_view(argv[i]) == "--store") options.store = value;
    if (std::string_view(argv[i]) == "--public-url") public_url = value;
    if (std::string_view(argv[i]) == "--bound-life") {
      options.bound_life = std::chrono::seconds{std::atoi(value.c_str())};
    }
    if (std::string_view(argv[i]) != "--listen") continue;
    options.host = value.substr(0, value.rfind(':'));
    options.port = static_cast<unsigned short>(std::atoi(value.c_str() + value.rfind(':') + 1));
    options.public_url = "http://localhost:" + std::to_string(options.port);
  }
  if (!public_url.empty()) options.public_url = public_url;
  return options;
}

}  // namespace pages
