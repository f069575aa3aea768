// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"sync"
	"time"

	"github.com/pion/rtp"
)

// traffic is what one viewer has received since the window began. Safe for concurrent use.
type traffic struct {
	mutex      sync.Mutex
	sequence   sequence
	lostBefore uint64 // when the window began
	counts     counts
	keyFrame   uint32 // RTP timestamp of the key frame that is arriving
	inKeyFrame bool
	lastFrame  time.Time
}

// counts of one window. Packets and bytes are of RTP after decryption, headers included; pion drops
// a packet whose authentication fails, so such a packet shows as lost.
type counts struct {
	packets    uint64
	bytes      uint64
	lost       uint64
	duplicates uint64
	late       uint64
	gaps       uint64
	frames     uint64
	keyFrames  uint64
	longestGap time.Duration // between two complete frames
}

// add accounts for a packet and reports whether it completes a key frame.
func (t *traffic) add(packet *rtp.Packet, size int, now time.Time) (completesKeyFrame bool) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.counts.packets++
	t.counts.bytes += uint64(size)
	if !t.sequence.add(packet.SequenceNumber) {
		return false
	}
	if beginsKeyFrame(packet.Payload) {
		t.keyFrame, t.inKeyFrame = packet.Timestamp, true
	}
	if !packet.Marker {
		return false
	}
	t.counts.frames++
	if gap := now.Sub(t.lastFrame); !t.lastFrame.IsZero() && gap > t.counts.longestGap {
		t.counts.longestGap = gap
	}
	t.lastFrame = now
	if !t.inKeyFrame || t.keyFrame != packet.Timestamp {
		return false
	}
	t.inKeyFrame = false
	t.counts.keyFrames++
	return true
}

// lost is how many packets are missing since the viewer joined.
func (t *traffic) lost() uint64 {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	return t.sequence.lost()
}

// read returns the window's counts so far; a viewer that gets nothing any more shows a gap that is
// still growing.
func (t *traffic) read(now time.Time) counts {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	result := t.counts
	result.lost = t.sequence.lost() - t.lostBefore
	result.duplicates += t.sequence.duplicates
	result.late += t.sequence.late
	result.gaps += t.sequence.gaps
	if gap := now.Sub(t.lastFrame); !t.lastFrame.IsZero() && gap > result.longestGap {
		result.longestGap = gap
	}
	return result
}

// mark begins a new window.
func (t *traffic) mark(now time.Time) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	t.counts = counts{}
	t.lostBefore = t.sequence.lost()
	t.sequence.duplicates, t.sequence.late, t.sequence.gaps = 0, 0, 0
	if !t.lastFrame.IsZero() {
		t.lastFrame = now // a gap that began before the window is not the window's
	}
}
