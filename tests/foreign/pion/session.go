// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"

	"github.com/pion/webrtc"
)

const fragmentType = "application/trickle-ice-sdpfrag"

// A session by WHIP or WHEP: an offer by POST, candidates by PATCH as they are found, an end by
// DELETE.
type session struct {
	peer     *webrtc.PeerConnection
	endpoint string
	head     string // what candidates are sent under (RFC 8840)
	url      string // of the session
	etag     string

	mutex   sync.Mutex
	waiting []string // candidates ahead of the answer; guarded by mutex
	open    bool     // guarded by mutex
}

func newSession(peer *webrtc.PeerConnection, endpoint string) *session {
	s := &session{peer: peer, endpoint: endpoint}
	peer.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		say("state", members{"state": state.String()})
	})
	peer.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate != nil {
			s.found(candidate.ToJSON().Candidate)
		}
	})
	return s
}

// start makes the session. With `deaf`, it takes no notice of the server's candidates, so that
// there is a path only if the server has got its own.
func (s *session) start(deaf bool) error {
	offer, err := s.peer.CreateOffer(nil)
	if err != nil {
		return err
	}
	for _, prefix := range []string{"a=ice-ufrag:", "a=ice-pwd:", "m=", "a=mid:"} {
		s.head += first(offer.SDP, prefix) + "\r\n"
	}
	// Before SetLocalDescription, which begins to look for candidates: there is none in the offer.
	response, answer, err := request(http.MethodPost, s.endpoint, offer.SDP, http.Header{
		"Content-Type": {"application/sdp"},
	})
	if err != nil {
		return err
	}
	if response.StatusCode != http.StatusCreated {
		return fmt.Errorf("%s: %s", response.Status, answer)
	}
	location, err := response.Location()
	if err != nil {
		return err
	}
	s.url, s.etag = location.String(), response.Header.Get("ETag")
	if err := s.peer.SetLocalDescription(offer); err != nil {
		return err
	}
	candidates := strings.Count(answer, "a=candidate:")
	say("answered", members{"candidates": candidates, "etag": s.etag})
	if deaf {
		answer = without(answer, "a=candidate:")
	}
	description := webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}
	if err := s.peer.SetRemoteDescription(description); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.open = true
	return s.trickle(s.waiting)
}

func (s *session) found(candidate string) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.open {
		s.waiting = append(s.waiting, candidate)
	} else if err := s.trickle([]string{candidate}); err != nil {
		fail(err)
	}
}

// trickle says which candidates there are. On pion's own thread, which answers no questions.
func (s *session) trickle(candidates []string) error {
	if len(candidates) == 0 {
		return nil
	}
	fragment := s.head
	for _, candidate := range candidates {
		fragment += "a=" + candidate + "\r\n"
	}
	response, text, err := request(http.MethodPatch, s.url, fragment, http.Header{
		"Content-Type": {fragmentType}, "If-Match": {s.etag},
	})
	if err != nil {
		return err
	}
	say("patched", members{"status": response.StatusCode, "text": text})
	return nil
}

func (s *session) remove() error {
	response, _, err := request(http.MethodDelete, s.url, "", nil)
	if err != nil {
		return err
	}
	again, _, err := request(http.MethodDelete, s.url, "", nil)
	if err != nil {
		return err
	}
	say("deleted", members{"status": response.StatusCode, "again": again.StatusCode})
	return s.peer.Close()
}

// request returns the answer and its body.
func request(method, address, body string, header http.Header) (*http.Response, string, error) {
	message, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	if header != nil {
		message.Header = header
	}
	response, err := http.DefaultClient.Do(message)
	if err != nil {
		return nil, "", err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err == nil && response.StatusCode >= 500 {
		err = errors.New(response.Status)
	}
	return response, string(text), err
}

func first(sdp, prefix string) string {
	for _, line := range strings.Split(sdp, "\r\n") {
		if strings.HasPrefix(line, prefix) {
			return line
		}
	}
	return ""
}

func without(sdp, prefix string) string {
	var kept []string
	for _, line := range strings.Split(sdp, "\r\n") {
		if !strings.HasPrefix(line, prefix) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\r\n")
}
