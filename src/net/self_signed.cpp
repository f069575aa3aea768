// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/self_signed.hpp"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <memory>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/local_addresses.hpp"
#include "net/openssl_types.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

constexpr std::size_t kMaxCommonName = 64;  // RFC 5280, appendix A
constexpr int kSerialBits = 127;

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kTls, message);
}

[[noreturn]] void fail_writing(const std::string& path, const char* reason) {
  fail("The self-signed certificate cannot be kept at “" + path + "”: " + reason +
       ". Set $XDG_STATE_HOME to a folder that can be written, or tls-certificate and tls-key.");
}

// Held from looking for the files until they are whole.
class FolderLock {
 public:
  explicit FolderLock(const std::string& folder) : path_(folder + "/lock") {
    if (g_mkdir_with_parents(folder.c_str(), 0700) != 0) fail_writing(folder, g_strerror(errno));
    file_ = open(path_.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (file_ < 0) fail_writing(folder, g_strerror(errno));
    while (flock(file_, LOCK_EX) != 0) {
      if (errno == EINTR) continue;
      const std::string reason = g_strerror(errno);
      close(file_);
      fail_writing(folder, reason.c_str());
    }
  }
  ~FolderLock() { close(file_); }
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  const std::string path_;
  int file_ = -1;
};

std::string text_of(BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);
  return std::string(data, static_cast<std::size_t>(length));
}

// Whole or not at all, and nobody else's to read.
void write(const std::string& path, const std::string& text) {
  GError* error = nullptr;
  if (!g_file_set_contents_full(path.c_str(), text.data(), static_cast<gssize>(text.size()),
                                G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error)) {
    const Owned<GError> owned(error);
    fail_writing(path, owned->message);
  }
}

PrivateKey make_key(const std::string& path) {
  PrivateKey key(EVP_EC_gen("P-256"), EVP_PKEY_free);
  const Bio memory(BIO_new(BIO_s_mem()), BIO_free);
  if (!key ||
      PEM_write_bio_PrivateKey(memory.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1)
    fail("OpenSSL makes no key for the self-signed certificate.");
  write(path, text_of(memory.get()));
  return key;
}

PrivateKey keep_key(const std::string& path) {
  if (!g_file_test(path.c_str(), G_FILE_TEST_EXISTS)) return make_key(path);
  const Bio file(BIO_new_file(path.c_str(), "r"), BIO_free);
  // The empty password: OpenSSL would ask for one on the terminal.
  static char no_password[] = "";
  PrivateKey key(
      file ? PEM_read_bio_PrivateKey(file.get(), nullptr, nullptr, no_password) : nullptr,
      EVP_PKEY_free);
  ERR_clear_error();
  if (!key)
    fail("“" + path + "” is no private key that can be read; remove it, and it is made anew.");
  return key;
}

Certificate read_certificate(const std::string& path) {
  const Bio file(BIO_new_file(path.c_str(), "r"), BIO_free);
  Certificate certificate(file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr,
                          X509_free);
  ERR_clear_error();
  return certificate;
}

bool covers(X509* certificate, const std::string& name) {
  return g_hostname_is_ip_address(name.c_str())
             ? X509_check_ip_asc(certificate, name.c_str(), 0) == 1
             : X509_check_host(certificate, name.c_str(), name.size(), 0, nullptr) == 1;
}

bool is_good(X509* certificate, EVP_PKEY* key, const std::vector<std::string>& names) {
  std::time_t renewal = std::time(nullptr) + std::chrono::seconds(kSelfSignedRenewal).count();
  const bool good = certificate && X509_check_private_key(certificate, key) == 1 &&
                    X509_cmp_time(X509_get0_notAfter(certificate), &renewal) > 0 &&
                    X509_cmp_current_time(X509_get0_notBefore(certificate)) < 0 &&
                    std::all_of(names.begin(), names.end(),
                                [&](const std::string& name) { return covers(certificate, name); });
  ERR_clear_error();
  return good;
}

std::vector<std::string> all_of(const MachineNames& names) {
  std::vector<std::string> all = names.lasting;
  for (const std::string& address : names.addresses) {
    if (std::find(all.begin(), all.end(), address) == all.end()) all.push_back(address);
  }
  return all;
}

std::string alternative_names(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    text += (text.empty() ? "" : ",") +
            std::string(g_hostname_is_ip_address(name.c_str()) ? "IP:" : "DNS:") + name;
  }
  return text;
}

void add_extension(X509* certificate, int id, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, id, value.c_str()), X509_EXTENSION_free);
  if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1)
    fail("OpenSSL does not take " + value + " into a certificate.");
}

std::string make_certificate(EVP_PKEY* key, const std::vector<std::string>& names) {
  const Certificate owned(X509_new(), X509_free);
  X509* const certificate = owned.get();
  X509_set_version(certificate, X509_VERSION_3);
  const std::unique_ptr<BIGNUM, decltype(&BN_free)> serial(BN_new(), BN_free);
  BN_rand(serial.get(), kSerialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY);
  BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate));
  // The clock of the browser's machine may be late.
  X509_gmtime_adj(X509_getm_notBefore(certificate),
                  -std::chrono::seconds(std::chrono::hours(24)).count());
  X509_gmtime_adj(X509_getm_notAfter(certificate), std::chrono::seconds(kSelfSignedLife).count());
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const std::string common =
      names.empty() ? "gst-webrtc-server" : names.front().substr(0, kMaxCommonName);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  add_extension(certificate, NID_basic_constraints, "critical,CA:FALSE");
  add_extension(certificate, NID_key_usage, "critical,digitalSignature");
  add_extension(certificate, NID_ext_key_usage, "serverAuth");
  if (!names.empty()) add_extension(certificate, NID_subject_alt_name, alternative_names(names));
  const Bio memory(BIO_new(BIO_s_mem()), BIO_free);
  if (X509_sign(certificate, key, EVP_sha256()) == 0 ||
      PEM_write_bio_X509(memory.get(), certificate) != 1)
    fail("OpenSSL does not sign the self-signed certificate.");
  return text_of(memory.get());
}

bool is_dns_name(const std::string& name) {
  return !name.empty() &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-") == std::string::npos;
}

}  // namespace

TlsFiles self_signed_files() {
  const std::string folder = std::string(g_get_user_state_dir()) + "/gst-webrtc-server";
  return {folder + "/certificate.pem", folder + "/key.pem", true};
}

MachineNames own_names(const std::string& interface) {
  MachineNames names;
  const auto add = [&lasting = names.lasting](const std::string& name) {
    const bool fits = is_dns_name(name) || g_hostname_is_ip_address(name.c_str());
    if (fits && std::find(lasting.begin(), lasting.end(), name) == lasting.end())
      lasting.push_back(name);
  };
  const Owned<gchar> lower(g_ascii_strdown(g_get_host_name(), -1));
  const std::string host = lower.get();
  add(host);
  // As other machines of the local network may call it.
  if (host.find('.') == std::string::npos && host != "localhost") add(host + ".local");
  add("localhost");
  if (interface != "0.0.0.0" && interface != "::") add(interface);
  add("127.0.0.1");
  add("::1");
  for (const LocalAddress& address : local_addresses()) {
    if (g_hostname_is_ip_address(address.text.c_str())) names.addresses.push_back(address.text);
  }
  return names;
}

void keep_self_signed(const TlsFiles& files, const MachineNames& names) {
  const FolderLock lock(take_string(g_path_get_dirname(files.key.c_str())));
  const PrivateKey key = keep_key(files.key);
  const Certificate kept = read_certificate(files.certificate);
  if (!is_good(kept.get(), key.get(), names.lasting)) {
    write(files.certificate, make_certificate(key.get(), all_of(names)));
    GST_INFO("A self-signed certificate was made: %s", files.certificate.c_str());
  }
}

}  // namespace webrtcserver
