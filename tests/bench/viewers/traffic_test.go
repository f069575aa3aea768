// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"testing"
	"time"

	"github.com/pion/rtp"
)

// A stream of frames of two packets each, 33 ms apart, beginning with a key frame.
type frames struct {
	traffic *traffic
	number  uint16
	stamp   uint32
	now     time.Time
}

func (f *frames) send(key bool, lose bool) (completes bool) {
	first := byte(0x41)
	if key {
		first = 0x65
	}
	f.stamp += 3000
	f.now = f.now.Add(33 * time.Millisecond)
	for index, payload := range [][]byte{{first, 0}, {0x41, 0}} {
		f.number++
		if lose && index == 0 {
			continue
		}
		packet := &rtp.Packet{Header: rtp.Header{SequenceNumber: f.number, Timestamp: f.stamp, Marker: index == 1},
			Payload: payload}
		completes = f.traffic.add(packet, 100, f.now)
	}
	return completes
}

func TestTrafficCompletesKeyFrameWithItsLastPacket(t *testing.T) {
	f := &frames{traffic: &traffic{}, now: time.Now()}
	if f.send(false, false) {
		t.Error("a frame that depends on others counted as key frame")
	}
	if !f.send(true, false) {
		t.Error("the key frame did not count")
	}
	if f.send(true, true) {
		t.Error("a key frame without its beginning counted")
	}
}

func TestTrafficWindowStartsAnew(t *testing.T) {
	f := &frames{traffic: &traffic{}, now: time.Now()}
	f.send(true, false)
	f.send(false, true)
	f.now = f.now.Add(time.Second)
	f.send(false, false)
	before := f.traffic.read(f.now)
	if before.packets != 5 || before.lost != 1 || before.gaps != 1 || before.frames != 3 || before.keyFrames != 1 ||
		before.longestGap != 1033*time.Millisecond {
		t.Errorf("%+v", before)
	}
	f.traffic.mark(f.now)
	f.send(false, false)
	after := f.traffic.read(f.now)
	if after.packets != 2 || after.bytes != 200 || after.lost != 0 || after.gaps != 0 || after.frames != 1 ||
		after.longestGap != 33*time.Millisecond {
		t.Errorf("%+v", after)
	}
	if stalled := f.traffic.read(f.now.Add(5 * time.Second)); stalled.longestGap != 5*time.Second {
		t.Errorf("a stream that stands still shows a gap of %v", stalled.longestGap)
	}
}
