// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import "testing"

func TestBeginsKeyFrame(t *testing.T) {
	for _, test := range []struct {
		name    string
		payload []byte
		want    bool
	}{
		{"empty", nil, false},
		{"slice", []byte{0x41, 0x9a}, false},
		{"IDR slice", []byte{0x65, 0x88}, true},
		{"sequence parameter set", []byte{0x67, 0x42}, true},
		{"picture parameter set", []byte{0x68, 0xce}, false},
		{"first fragment of an IDR slice", []byte{0x7c, 0x85}, true},
		{"later fragment of an IDR slice", []byte{0x7c, 0x05}, false},
		{"first fragment of a slice", []byte{0x5c, 0x81}, false},
		{"fragment without its header", []byte{0x7c}, false},
		{"aggregate with parameter sets", []byte{0x78, 0, 2, 0x68, 0xce, 0, 2, 0x67, 0x42}, true},
		{"aggregate without", []byte{0x78, 0, 2, 0x06, 0x05, 0, 2, 0x41, 0x9a}, false},
		{"aggregate cut short", []byte{0x78, 0, 9, 0x06}, false},
	} {
		if got := beginsKeyFrame(test.payload); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}
