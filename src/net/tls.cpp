// SPDX-License-Identifier: LGPL-2.1-or-later
#include "net/tls.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdlib>
#include <memory>

#include "base/error.hpp"
#include "base/log.hpp"
#include "net/openssl_types.hpp"
#include "net/self_signed.hpp"

#define GST_CAT_DEFAULT (::webrtcserver::log::net())

namespace webrtcserver {

namespace {

[[noreturn]] void fail(const std::string& message) {
  throw Error(ErrorCode::kTls, message);
}

std::string read(const char* what, const std::string& path) {
  gchar* contents = nullptr;
  gsize length = 0;
  GError* error = nullptr;
  if (!g_file_get_contents(path.c_str(), &contents, &length, &error)) {
    const Owned<GError> owned(error);
    // The message names the file and the system's reason.
    fail(std::string("The TLS ") + what + " cannot be read: " + owned->message + ".");
  }
  const Owned<gchar> owned(contents);
  return std::string(contents, length);
}

Bio memory(const std::string& text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())), BIO_free);
}

// Without this OpenSSL asks on the terminal for the password of an encrypted key.
int no_password(char* /*buffer*/, int /*size*/, int /*writing*/, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

Certificate parse_certificate(const std::string& text, const std::string& path) {
  Certificate certificate(PEM_read_bio_X509(memory(text).get(), nullptr, nullptr, nullptr),
                          X509_free);
  ERR_clear_error();
  if (!certificate) {
    fail("The TLS certificate “" + path +
         "” is not a certificate in PEM form (-----BEGIN CERTIFICATE-----).");
  }
  return certificate;
}

PrivateKey parse_key(const std::string& text, const std::string& path) {
  bool password_asked = false;
  PrivateKey key(PEM_read_bio_PrivateKey(memory(text).get(), nullptr, no_password, &password_asked),
                 EVP_PKEY_free);
  ERR_clear_error();
  if (password_asked) {
    fail("The TLS key “" + path +
         "” is encrypted; remove its password with: openssl pkey -in key.pem -out plain.pem.");
  }
  if (!key)
    fail("The TLS key “" + path +
         "” is not a private key in PEM form (-----BEGIN PRIVATE KEY-----).");
  return key;
}

void warn_about_dates(const X509* certificate, const std::string& path) {
  if (X509_cmp_current_time(X509_get0_notAfter(certificate)) < 0) {
    GST_WARNING("The TLS certificate “%s” has expired; browsers will refuse it or warn.",
                path.c_str());
  } else if (X509_cmp_current_time(X509_get0_notBefore(certificate)) > 0) {
    GST_WARNING("The TLS certificate “%s” is not valid yet; check this machine's clock.",
                path.c_str());
  }
}

std::optional<TlsFiles> pair_of(const std::string& certificate, const std::string& key,
                                const char* certificate_name, const char* key_name) {
  if (certificate.empty() && key.empty()) return {};
  if (key.empty()) {
    fail(std::string(certificate_name) + " names a certificate, but " + key_name +
         " is not set; TLS needs both.");
  }
  if (certificate.empty()) {
    fail(std::string(key_name) + " names a key, but " + certificate_name +
         " is not set; TLS needs both.");
  }
  return TlsFiles{certificate, key, false};
}

std::string environment(const char* name) {
  const char* value = g_getenv(name);
  return value ? value : "";
}

}  // namespace

std::optional<TlsFiles> tls_files_from(TlsMode mode, const std::string& certificate_property,
                                       const std::string& key_property) {
  if (mode != TlsMode::kAuto && !(certificate_property + key_property).empty()) {
    fail(std::string("tls=") + (mode == TlsMode::kOff ? "off" : "self-signed") +
         " contradicts tls-certificate and tls-key; leave one of the two out.");
  }
  if (mode == TlsMode::kOff) return {};
  if (mode == TlsMode::kSelfSigned) return self_signed_files();
  if (auto files = pair_of(certificate_property, key_property, "tls-certificate", "tls-key"))
    return files;
  return pair_of(environment("SSL_CERT"), environment("SSL_KEY"), "SSL_CERT", "SSL_KEY");
}

Ref<GTlsCertificate> load_tls(const TlsFiles& files) {
  if (!g_tls_backend_supports_tls(g_tls_backend_get_default())) {
    fail(
        "TLS was asked for, but GLib has no TLS backend on this machine; install glib-networking.");
  }
  const std::string certificate_text = read("certificate", files.certificate);
  const std::string key_text = read("key", files.key);
  const Certificate certificate = parse_certificate(certificate_text, files.certificate);
  const PrivateKey key = parse_key(key_text, files.key);
  const bool match = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (!match) {
    fail("The TLS key “" + files.key + "” does not belong to the certificate “" +
         files.certificate + "”.");
  }
  warn_about_dates(certificate.get(), files.certificate);

  // The key goes first, because GLib takes the first one and the certificate's file may hold
  // another.
  const std::string pem = key_text + "\n" + certificate_text;
  GError* error = nullptr;
  auto loaded = Ref<GTlsCertificate>::adopt(
      g_tls_certificate_new_from_pem(pem.data(), static_cast<gssize>(pem.size()), &error));
  if (!loaded) {
    const Owned<GError> owned(error);
    fail("The TLS certificate “" + files.certificate +
         "” or its key cannot be used: " + owned->message + ".");
  }
  return loaded;
}

std::string sha256_of(GTlsCertificate* certificate) {
  GByteArray* der = nullptr;
  g_object_get(certificate, "certificate", &der, nullptr);
  const Owned<gchar> hex(g_compute_checksum_for_data(G_CHECKSUM_SHA256, der->data, der->len));
  g_byte_array_unref(der);
  std::string text;
  for (const char* at = hex.get(); *at; at += 2) {
    if (!text.empty()) text += ':';
    text += {g_ascii_toupper(at[0]), g_ascii_toupper(at[1])};
  }
  return text;
}

}  // namespace webrtcserver
