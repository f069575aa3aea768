// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import "testing"

func account(numbers ...uint16) *sequence {
	s := &sequence{}
	for _, number := range numbers {
		s.add(number)
	}
	return s
}

func TestSequence(t *testing.T) {
	for _, test := range []struct {
		name                                   string
		numbers                                []uint16
		received, lost, duplicates, late, gaps uint64
	}{
		{"nothing", nil, 0, 0, 0, 0, 0},
		{"in order", []uint16{10, 11, 12}, 3, 0, 0, 0, 0},
		{"wraps", []uint16{65534, 65535, 0, 1}, 4, 0, 0, 0, 0},
		{"loses two", []uint16{1, 2, 5}, 3, 2, 0, 0, 1},
		{"loses across the wrap", []uint16{65535, 1}, 2, 1, 0, 0, 1},
		{"gap filled late", []uint16{1, 3, 2}, 3, 0, 0, 1, 1},
		{"duplicate", []uint16{1, 2, 2}, 2, 0, 1, 0, 0},
		{"duplicate of a late one", []uint16{1, 3, 2, 2}, 3, 0, 1, 1, 1},
		{"earlier than the first", []uint16{5, 4, 6}, 3, 0, 0, 1, 0},
		{"too old to tell", []uint16{1, 3000, 2}, 2, 2998, 0, 0, 1},
	} {
		s := account(test.numbers...)
		if s.received != test.received || s.lost() != test.lost || s.duplicates != test.duplicates ||
			s.late != test.late || s.gaps != test.gaps {
			t.Errorf("%s: received %d, lost %d, duplicates %d, late %d, gaps %d", test.name, s.received, s.lost(),
				s.duplicates, s.late, s.gaps)
		}
	}
}

func TestSequenceReusesItsWindow(t *testing.T) {
	s := &sequence{}
	for number := 0; number < 3*sequenceWindow; number++ {
		if number%2 == 0 && !s.add(uint16(number)) {
			t.Fatalf("%d counted as seen before", number)
		}
	}
	if s.lost() != 3*sequenceWindow/2-1 {
		t.Errorf("lost %d", s.lost())
	}
}
