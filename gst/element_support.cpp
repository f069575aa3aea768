// SPDX-License-Identifier: LGPL-2.1-or-later
#include "element_support.hpp"

#include "codec/codec_overrides.hpp"

namespace webrtcserver {

void post_error(GstElement* element, const Error& error) {
  switch (error.code()) {
    case ErrorCode::kAddressInUse:
      GST_ELEMENT_ERROR(element, RESOURCE, BUSY, ("%s", error.what()), (nullptr));
      break;
    case ErrorCode::kAddressUnavailable:
    case ErrorCode::kTls:
      GST_ELEMENT_ERROR(element, RESOURCE, OPEN_WRITE, ("%s", error.what()), (nullptr));
      break;
    default:
      GST_ELEMENT_ERROR(element, RESOURCE, SETTINGS, ("%s", error.what()), (nullptr));
      break;
  }
}

bool attempt(GstElement* element, const std::function<void()>& action) {
  try {
    action();
    return true;
  } catch (const Error& error) {
    post_error(element, error);
  } catch (const std::exception& error) {
    GST_ELEMENT_ERROR(element, LIBRARY, FAILED, ("%s", error.what()), (nullptr));
  }
  return false;
}

void warn_of_codec_file(GstElement* element) {
  for (const std::string& problem : CodecOverrides::system().problems)
    GST_ELEMENT_WARNING(element, RESOURCE, SETTINGS, ("%s", problem.c_str()), (nullptr));
}

GstStateChangeReturn result_of_stopping(GstStateChange transition, GstStateChangeReturn result) {
  const bool stays = transition == GST_STATE_CHANGE_READY_TO_READY;
  return stays && result == GST_STATE_CHANGE_FAILURE ? GST_STATE_CHANGE_SUCCESS : result;
}

gboolean set_handler_uri(GstElement* element, GError** error, const std::function<void()>& take) {
  GST_OBJECT_LOCK(element);
  const bool open = GST_STATE(element) > GST_STATE_NULL;
  GST_OBJECT_UNLOCK(element);
  if (open) {
    g_set_error_literal(error, GST_URI_ERROR, GST_URI_ERROR_BAD_STATE,
                        "The uri can be changed in the state NULL only.");
    return FALSE;
  }
  try {
    take();
    g_object_notify(G_OBJECT(element), "uri");
    return TRUE;
  } catch (const std::exception& wrong) {
    g_set_error_literal(error, GST_URI_ERROR, GST_URI_ERROR_BAD_URI, wrong.what());
    return FALSE;
  }
}

}  // namespace webrtcserver
