// SPDX-License-Identifier: LGPL-2.1-or-later
// ice_journal.hpp — what one peer's search for a network path has come to, and why it failed.
// Any thread.
#pragma once

#include <gio/gio.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/ref.hpp"
#include "rtc/ice.hpp"
#include "rtc/ice_report.hpp"

namespace webrtcserver {

class IceJournal : public std::enable_shared_from_this<IceJournal> {
 public:
  // Throws what ice_servers() does.
  IceJournal(IceSettings settings, const std::string& session);

  void take_local(std::string_view candidate);
  void take_remote(std::string_view candidate, CandidateVerdict verdict);
  void set_answered();
  void set_path_found();
  void set_path_lost();  // after it had been connected

  IceFacts facts() const;
  // Of the last report; empty while nothing failed.
  std::string reason() const;

  // Gives the report: at once, or where a TURN server has given no relay, when it has been asked
  // why, on a thread of its own; after some seconds at the latest.
  void explain(const std::function<void(IceReport)>& receive);
  // Nobody wants to know any more: what runs ends at once.
  void cancel();

 private:
  IceReport report();
  void ask(std::size_t index);

  const IceSettings settings_;
  const std::vector<IceServer> servers_;  // TURN alone
  const Ref<GCancellable> cancellable_ = Ref<GCancellable>::adopt(g_cancellable_new());

  mutable std::mutex mutex_;
  IceFacts facts_;      // guarded by mutex_
  std::string reason_;  // guarded by mutex_
};

}  // namespace webrtcserver
