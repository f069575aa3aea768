// SPDX-License-Identifier: LGPL-2.1-or-later
// temporary_files.hpp — a folder that goes with its test, and the certificates a test needs in it.
#pragma once

#include <openssl/evp.h>

#include <filesystem>
#include <memory>
#include <string>

namespace webrtcserver::test {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  // Writes the file and returns its path.
  std::string write(const std::string& name, const std::string& content) const;
  std::string path(const std::string& name) const { return (root_ / name).string(); }

 private:
  std::filesystem::path root_;
};

Key make_key();
Key parse_key(const std::string& pem);
std::string key_pem(const Key& key);
std::string encrypted_key_pem(const Key& key, const std::string& password);
// Self-signed for localhost; valid from `from` to `to` seconds after now.
std::string certificate_pem(const Key& key, long from = -3600, long to = 3600);

}  // namespace webrtcserver::test
