// SPDX-License-Identifier: LGPL-2.1-or-later

package main

// sequenceWindow is how far behind the newest packet a late one is still recognised, in packets.
const sequenceWindow = 2048

// A sequence accounts for the packets of one RTP stream by their 16-bit sequence numbers: what was
// received, what is missing, what came twice or out of order. Not safe for concurrent use.
type sequence struct {
	started    bool
	first      uint64 // extended numbers: the 16-bit number plus 2^16 for every time it wrapped
	highest    uint64
	seen       [sequenceWindow / 64]uint64
	received   uint64 // without duplicates
	duplicates uint64
	late       uint64 // filled a gap: reordered or retransmitted
	gaps       uint64 // times the numbers jumped ahead
}

func (s *sequence) bit(number uint64) (word *uint64, mask uint64) {
	index := number % sequenceWindow
	return &s.seen[index/64], 1 << (index % 64)
}

// add accounts for one packet and reports whether it is the first with its number.
func (s *sequence) add(number uint16) bool {
	if !s.started {
		s.started = true
		s.first = 1<<16 | uint64(number) // leaves room below for packets that were sent earlier
		s.highest = s.first
		return s.take(s.first)
	}
	extended := uint64(int64(s.highest) + int64(int16(number-uint16(s.highest))))
	switch {
	case extended > s.highest:
		if extended-s.highest > 1 {
			s.gaps++
		}
		s.forget(s.highest+1, extended)
		s.highest = extended
		return s.take(extended)
	case s.highest-extended >= sequenceWindow:
		return false // too old to tell a late packet from a duplicate: it stays counted as lost
	}
	if word, mask := s.bit(extended); *word&mask != 0 {
		s.duplicates++
		return false
	}
	s.late++
	if extended < s.first {
		s.first = extended
	}
	return s.take(extended)
}

func (s *sequence) take(number uint64) bool {
	word, mask := s.bit(number)
	*word |= mask
	s.received++
	return true
}

// forget clears the window's slots for the numbers from..to, which it now stands for.
func (s *sequence) forget(from, to uint64) {
	if to-from >= sequenceWindow {
		s.seen = [sequenceWindow / 64]uint64{}
		return
	}
	for number := from; number <= to; number++ {
		word, mask := s.bit(number)
		*word &^= mask
	}
}

// lost is how many packets between the first and the newest have not arrived.
func (s *sequence) lost() uint64 {
	if !s.started {
		return 0
	}
	return s.highest - s.first + 1 - s.received
}
