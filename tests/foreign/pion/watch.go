// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"github.com/pion/rtp/codecs"
	"github.com/pion/webrtc"
)

const reportEvery = 20 // packets

// watch plays a stream by WHEP, its video as VP8: says what has come of each kind.
func watch(peer *webrtc.PeerConnection, endpoint string) (*session, error) {
	for _, kind := range []webrtc.RTPCodecType{webrtc.RTPCodecTypeAudio, webrtc.RTPCodecTypeVideo} {
		direction := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionRecvonly}
		transceiver, err := peer.AddTransceiverFromKind(kind, direction)
		if err != nil {
			return nil, err
		}
		if kind == webrtc.RTPCodecTypeVideo {
			vp8 := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeVP8, ClockRate: 90000}
			preferred := []webrtc.RTPCodecParameters{{RTPCodecCapability: vp8, PayloadType: 96}}
			if err := transceiver.SetCodecPreferences(preferred); err != nil {
				return nil, err
			}
		}
	}
	peer.OnTrack(receive)
	s := newSession(peer, endpoint)
	return s, s.start(false)
}

// receive reads a track until the peer closes.
func receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	go func() { // Reading feeds the interceptors that answer with receiver reports.
		for {
			if _, _, err := receiver.ReadRTCP(); err != nil {
				return
			}
		}
	}()
	var packets, gaps, keyFrames, frames, back int
	var expected uint16
	var timestamp uint32
	for {
		packet, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		if packets > 0 && packet.SequenceNumber != expected {
			gaps++
		}
		if packets > 0 && int32(packet.Timestamp-timestamp) < 0 {
			back++
		}
		expected, timestamp = packet.SequenceNumber+1, packet.Timestamp
		packets++
		if packet.Marker {
			frames++
		}
		if track.Kind() == webrtc.RTPCodecTypeVideo && beginsKeyFrame(packet.Payload) {
			keyFrames++
		}
		if packets%reportEvery == 0 {
			say(track.Kind().String(), members{
				"codec": track.Codec().MimeType, "packets": packets, "frames": frames,
				"gaps": gaps, "back": back, "keyFrames": keyFrames,
			})
		}
	}
}

// beginsKeyFrame reports whether a VP8 payload is the beginning of one (RFC 7741, section 4.3).
func beginsKeyFrame(payload []byte) bool {
	var packet codecs.VP8Packet
	data, err := packet.Unmarshal(payload)
	return err == nil && packet.S == 1 && packet.PID == 0 && len(data) > 0 && data[0]&1 == 0
}
