// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import "encoding/binary"

// NAL unit types of RFC 6184, section 5.2 and H.264, table 7-1.
const (
	nalIDR  = 5
	nalSPS  = 7
	nalSTAP = 24
	nalFUA  = 28
)

// beginsKeyFrame reports whether an H.264 RTP payload holds a sequence parameter set or the
// beginning of an IDR slice. Only the packets at the beginning of an instantaneous decoder refresh
// do.
func beginsKeyFrame(payload []byte) bool {
	if len(payload) == 0 {
		return false
	}
	switch payload[0] & 0x1f {
	case nalIDR, nalSPS:
		return true
	case nalFUA:
		return len(payload) > 1 && payload[1]&0x80 != 0 && payload[1]&0x1f == nalIDR
	case nalSTAP:
		for rest := payload[1:]; len(rest) > 2; {
			size := int(binary.BigEndian.Uint16(rest))
			if kind := rest[2] & 0x1f; kind == nalIDR || kind == nalSPS {
				return true
			}
			if len(rest) < 2+size {
				return false
			}
			rest = rest[2+size:]
		}
	}
	return false
}
