// SPDX-License-Identifier: LGPL-2.1-or-later
// control_store.hpp — controls of the application's own: their values live here, before there is a
// stream and after it. Any thread.
#pragma once

#include <glib-object.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/loop_thread.hpp"
#include "server/application_calls.hpp"
#include "server/control_set.hpp"

namespace webrtcserver {

class ControlStore : public std::enable_shared_from_this<ControlStore> {
 public:
  static constexpr std::size_t kMaxControls = 256;

  // Told where the application expects it (ApplicationContext), without a lock held, one thing
  // after another. A browser is answered when it returns.
  class Handler {
   public:
    virtual void on_changed(const ControlSpec& control, const ControlValue& value,
                            const std::string& by) = 0;
    virtual void on_activated(const std::string& action, const std::string& by) = 0;

   protected:
    ~Handler() = default;
  };

  explicit ControlStore(std::weak_ptr<Handler> handler) : handler_(std::move(handler)) {}

  // Throws Error: kNameTaken, here or on a stream that shows these; kLimit; kFailed for a name or
  // a value that cannot be.
  void add(const Control& control);
  // False: there is none of the name.
  bool remove(const std::string& name);
  // Throws ControlFault.
  void set(const std::string& name, const ControlValue& value);
  std::optional<Control> find(const std::string& name) const;
  std::vector<Control> controls() const;

  // Shows them in `set`, besides `others`, as long as both live. On the thread of `loop`, where the
  // set is.
  void join(const std::shared_ptr<ControlSet>& set, std::set<std::string> others, LoopThread& loop);

  // The one that `object` stands for; null: none.
  static std::shared_ptr<ControlStore> of(GObject* object);
  static void bind(GObject* object, const std::shared_ptr<ControlStore>& store);

 private:
  struct Place {
    std::weak_ptr<ControlSet> set;
    ControlSet::Handle handle;
    std::set<std::string> others;
  };
  enum class Telling { kIdle, kPosted, kPaused };

  // With mutex_ held; the end: there is none.
  std::vector<Control>::iterator locate(const std::string& name);
  // Whether the value is another one now. Throws ControlFault where the control is gone.
  bool store(const std::string& name, const ControlValue& value, const std::string& by);
  void apply(const ControlValues& values, const std::string& by, const ControlDone& done);
  void activate(const std::string& action, const std::string& by, const ControlDone& done);
  // Runs `task` where the application expects it, and answers.
  void run(std::function<void()> task, const ControlDone& done);
  // Has the sets told, soon, and not more often than anybody could see.
  void tell_soon();
  // On the thread of the loop.
  void tell();

  const std::weak_ptr<Handler> handler_;

  mutable std::mutex mutex_;
  std::vector<Control> controls_;  // guarded by mutex_
  std::vector<Place> places_;      // guarded by mutex_
  // Of all streams together, each of which lets go of one wish after another.
  std::shared_ptr<ApplicationCalls> calls_;     // guarded by mutex_; null until the first join()
  LoopThread* loop_ = nullptr;                  // guarded by mutex_; likewise
  std::map<std::string, std::string> changed_;  // guarded by mutex_; not told yet: by whom
  bool other_controls_ = false;                 // guarded by mutex_; which is not told yet
  std::set<std::string> added_;                 // guarded by mutex_; likewise
  Telling telling_ = Telling::kIdle;            // guarded by mutex_
};

}  // namespace webrtcserver
