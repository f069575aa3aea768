// SPDX-License-Identifier: LGPL-2.1-or-later
// station.hpp — what a test tells the doubles of one factory to do, and what it hears of them.
// Usable on any thread.
#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "support/patience.hpp"

namespace webrtcserver::doubles {

// Frames are counted from one, for each instance; zero is never.
struct Behaviour {
  enum class Hangs { kNever, kAtReady, kAtFrame };

  int sessions = -1;             // so many instances are open at once; -1: as many as you like
  std::string refuses_to_start;  // the error of NULL to READY; empty: it starts
  unsigned fails_at_frame = 0;   // with an error, as a device that is lost
  unsigned silent_from = 0;      // takes its input and gives nothing
  Hangs hangs = Hangs::kNever;   // until let_go()
  unsigned hangs_at_frame = 1;
  unsigned instances = 0;  // of the first so many only; 0: of all
  unsigned spared = 0;     // the first so many behave: a catalogue\'s probe
};

class Station {
 public:
  struct Setting {
    unsigned instance;
    std::string property;
    std::string value;  // as GStreamer writes it: the nick of an enum
    GstState state;     // of the element, then
    bool effective;     // whether it came in time, by the contract
  };
  struct Seen {
    unsigned instances = 0;  // that ever went to READY
    int open = 0;            // sessions of the hardware, now
    unsigned refused = 0;    // instances that found no session
    unsigned frames_in = 0;
    unsigned frames_out = 0;
    unsigned key_frames_asked = 0;   // in the way that the element obeys
    unsigned key_frames_missed = 0;  // asked for in one that it does not
    unsigned asked_too_early = 0;    // of an element that crashes before its first buffer
    unsigned hanging = 0;            // threads, now
    std::vector<unsigned> bitrates;  // bit/s, as they took effect
    std::vector<Setting> settings;
  };

  // That of the factory, the same for the life of the process.
  static Station& of(const std::string& factory);

  // Forgets what was seen; and everybody behaves.
  void reset();
  void set(const Behaviour& behaviour);
  void let_go();

  Behaviour behaviour() const;
  Seen seen() const;
  // The newest value of the newest instance that has set it; empty: it has not been set.
  std::string value(const std::string& property) const;
  // False when the condition does not hold within the tests' patience.
  bool wait(const std::function<bool(const Seen&)>& condition);

  // The doubles' side.
  void change(const std::function<void(Seen&)>& change);
  void hang();
  bool open_session();
  void close_session();

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Behaviour behaviour_;  // guarded by mutex_
  Seen seen_;            // guarded by mutex_
  unsigned era_ = 0;     // guarded by mutex_: let_go() begins a new one
};

}  // namespace webrtcserver::doubles
