// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc"
)

// pliInterval is how often a viewer asks for a key frame while it cannot decode, as browsers do.
const pliInterval = 300 * time.Millisecond

// The moments of a join, in order, as durations since the socket began to open.
type milestone int

const (
	socketOpened milestone = iota
	offerReceived
	answerSent
	iceConnected
	dtlsConnected
	firstPacket
	firstKeyFrame // complete, so that a decoder could show it
	milestones
)

var milestoneNames = [milestones]string{"socket", "offer", "answer", "ice", "dtls", "rtp", "key_frame"}

// A viewer is one peer that a browser could be: it answers the server's offer, receives, sends
// receiver reports, NACKs and PLIs, and never decodes. All fields below mutex are guarded by it.
type viewer struct {
	socket  *websocket.Conn
	peer    *webrtc.PeerConnection
	traffic traffic
	began   time.Time
	ready   chan struct{} // closed when the first key frame is complete
	gone    chan struct{} // closed when the viewer has failed or left
	write   sync.Mutex    // gorilla's sockets take one writer at a time

	mutex   sync.Mutex
	reached [milestones]time.Duration // 0: not yet
	failure error                     // why the viewer is gone; nil when it left by itself
	pending []webrtc.ICECandidateInit // that came before the offer
}

var errLeft = errors.New("left")

type message struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// open connects the socket. A silent viewer reads what the server says and never answers.
func open(api *webrtc.API, url string, silent bool) (*viewer, error) {
	v := &viewer{began: time.Now(), ready: make(chan struct{}), gone: make(chan struct{})}
	socket, response, err := websocket.DefaultDialer.Dial(url, nil)
	if err != nil {
		if response != nil {
			return nil, fmt.Errorf("%s: %s", url, response.Status)
		}
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	v.socket = socket
	v.reach(socketOpened)
	if !silent {
		if v.peer, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
			socket.Close()
			return nil, err
		}
		v.listen()
	}
	go v.readSocket()
	return v, nil
}

func (v *viewer) listen() {
	v.peer.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			return
		}
		line := candidate.ToJSON()
		v.send("ice", map[string]interface{}{"candidate": line.Candidate, "sdpMLineIndex": 0})
	})
	v.peer.OnICEConnectionStateChange(func(state webrtc.ICEConnectionState) {
		if state == webrtc.ICEConnectionStateConnected {
			v.reach(iceConnected)
		}
	})
	v.peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		switch state {
		case webrtc.PeerConnectionStateConnected:
			v.reach(dtlsConnected)
		case webrtc.PeerConnectionStateFailed:
			v.end(errors.New("the peer connection failed"))
		}
	})
	v.peer.OnTrack(v.receive)
}

// reach records the first time a milestone is passed.
func (v *viewer) reach(m milestone) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if v.reached[m] != 0 {
		return
	}
	v.reached[m] = time.Since(v.began)
	if m == firstKeyFrame {
		close(v.ready)
	}
}

func (v *viewer) send(kind string, data interface{}) {
	v.write.Lock()
	defer v.write.Unlock()
	v.socket.WriteJSON(map[string]interface{}{"type": kind, "data": data})
}

func (v *viewer) readSocket() {
	for {
		var m message
		if err := v.socket.ReadJSON(&m); err != nil {
			v.end(fmt.Errorf("socket: %w", err))
			return
		}
		if err := v.handle(m); err != nil {
			v.end(err)
			return
		}
	}
}

func (v *viewer) handle(m message) error {
	switch m.Type {
	case "error", "bye":
		return fmt.Errorf("the server said %s: %s", m.Type, m.Data)
	case "sdp":
		var offer webrtc.SessionDescription
		if err := json.Unmarshal(m.Data, &offer); err != nil {
			return fmt.Errorf("sdp: %w", err)
		}
		v.reach(offerReceived)
		return v.answer(offer)
	case "ice":
		var candidate webrtc.ICECandidateInit
		if err := json.Unmarshal(m.Data, &candidate); err != nil {
			return fmt.Errorf("ice: %w", err)
		}
		return v.addCandidate(candidate)
	}
	return nil // hello, stream and whatever else there may be
}

func (v *viewer) answer(offer webrtc.SessionDescription) error {
	if v.peer == nil {
		return nil
	}
	if err := v.peer.SetRemoteDescription(offer); err != nil {
		return fmt.Errorf("offer: %w", err)
	}
	answer, err := v.peer.CreateAnswer(nil)
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	if !strings.Contains(answer.SDP, "H264") {
		return fmt.Errorf("no H.264 in the offer: %s", offer.SDP)
	}
	// The answer goes first: local candidates begin to trickle with SetLocalDescription.
	v.send("sdp", map[string]string{"type": "answer", "sdp": answer.SDP})
	if err := v.peer.SetLocalDescription(answer); err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	v.reach(answerSent)
	for _, candidate := range v.pending {
		if err := v.peer.AddICECandidate(candidate); err != nil {
			return fmt.Errorf("candidate: %w", err)
		}
	}
	v.pending = nil
	return nil
}

func (v *viewer) addCandidate(candidate webrtc.ICECandidateInit) error {
	if v.peer == nil || candidate.Candidate == "" {
		return nil
	}
	if v.peer.RemoteDescription() == nil {
		v.pending = append(v.pending, candidate)
		return nil
	}
	if err := v.peer.AddICECandidate(candidate); err != nil {
		return fmt.Errorf("candidate %q: %w", candidate.Candidate, err)
	}
	return nil
}

// receive reads a track until the peer closes.
func (v *viewer) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	if track.Kind() != webrtc.RTPCodecTypeVideo {
		return
	}
	go func() { // Reading feeds the interceptors that answer with receiver reports.
		for {
			if _, _, err := receiver.ReadRTCP(); err != nil {
				return
			}
		}
	}()
	go v.repair(uint32(track.SSRC()))
	buffer := make([]byte, 1500)
	var packet rtp.Packet
	for {
		size, _, err := track.Read(buffer)
		if err != nil {
			return
		}
		v.reach(firstPacket)
		if packet.Unmarshal(buffer[:size]) != nil {
			continue
		}
		if v.traffic.add(&packet, size, time.Now()) {
			v.reach(firstKeyFrame)
		}
	}
}

// repair asks for a key frame while there has been none, and again after a loss that NACKs have not
// repaired.
func (v *viewer) repair(ssrc uint32) {
	ticker := time.NewTicker(pliInterval)
	defer ticker.Stop()
	var known, before uint64 // losses already answered with a PLI; losses at the last tick
	for {
		select {
		case <-v.gone:
			return
		case <-ticker.C:
		}
		lost := v.traffic.lost()
		persists := lost > known && before > known
		before = lost
		if v.is(firstKeyFrame) && !persists {
			continue
		}
		known = lost
		v.peer.WriteRTCP([]rtcp.Packet{&rtcp.PictureLossIndication{MediaSSRC: ssrc}})
	}
}

func (v *viewer) is(m milestone) bool {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.reached[m] != 0
}

// end closes everything; the first reason counts.
func (v *viewer) end(reason error) {
	v.mutex.Lock()
	select {
	case <-v.gone:
		v.mutex.Unlock()
		return
	default:
	}
	if reason != errLeft {
		v.failure = reason
	}
	close(v.gone)
	v.mutex.Unlock()
	v.socket.Close()
	if v.peer != nil {
		go v.peer.Close() // waits for callbacks, of which this may be one
	}
}

// leave goes politely, with a bye, or by closing the socket alone as a closed tab does.
func (v *viewer) leave(politely bool) {
	if politely {
		v.send("bye", struct{}{})
	}
	v.end(errLeft)
}

// wait returns when the first key frame is complete, or with the reason why it will not come.
func (v *viewer) wait(timeout time.Duration) error {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	select {
	case <-v.ready:
		return nil
	case <-v.gone:
		if err := v.failed(); err != nil {
			return err
		}
		return errLeft
	case <-timer.C:
		return fmt.Errorf("no key frame after %v", timeout)
	}
}

func (v *viewer) failed() error {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.failure
}

func (v *viewer) milestones() [milestones]time.Duration {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	return v.reached
}
