// SPDX-License-Identifier: LGPL-2.1-or-later
// A classic script, because it has to run before the first paint: a chosen theme must not flash.
try {
  const theme = localStorage.getItem('gst-webrtc-server.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is closed to this frame; the system's theme is used.
}
