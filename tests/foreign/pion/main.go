// SPDX-License-Identifier: LGPL-2.1-or-later

// A WHEP viewer and a WHIP publisher with pion, Go's WebRTC:
//
//	pion-client watch URL
//	pion-client publish URL FILE.ivf FILE.ogg
//
// It prints what happens as JSON objects, a line each, and ends its session when standard input
// says so.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"sync"

	"github.com/pion/interceptor"
	"github.com/pion/webrtc"
)

type members map[string]interface{}

var output sync.Mutex // lines are written whole

func say(event string, more members) {
	line := members{"event": event}
	for name, value := range more {
		line[name] = value
	}
	text, err := json.Marshal(line)
	if err != nil {
		fail(err)
	}
	output.Lock()
	defer output.Unlock()
	fmt.Println(string(text))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, "pion-client:", err)
	os.Exit(1)
}

// newPeer makes a connection that stays on this machine and does without a network.
func newPeer() (*webrtc.PeerConnection, error) {
	engine := &webrtc.MediaEngine{}
	if err := engine.RegisterDefaultCodecs(); err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptors(engine, registry); err != nil {
		return nil, err
	}
	settings := webrtc.SettingEngine{}
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	api := webrtc.NewAPI(webrtc.WithMediaEngine(engine), webrtc.WithInterceptorRegistry(registry),
		webrtc.WithSettingEngine(settings))
	return api.NewPeerConnection(webrtc.Configuration{})
}

func run(words []string) error {
	if len(words) < 2 {
		return errors.New("watch URL, or publish URL FILE.ivf FILE.ogg")
	}
	peer, err := newPeer()
	if err != nil {
		return err
	}
	var s *session
	switch {
	case words[0] == "watch":
		s, err = watch(peer, words[1])
	case words[0] == "publish" && len(words) == 4:
		s, err = publish(peer, words[1], words[2], words[3])
	default:
		err = fmt.Errorf("no such command: %v", words)
	}
	if err != nil {
		return err
	}
	bufio.NewReader(os.Stdin).ReadString('\n')
	return s.remove()
}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fail(err)
	}
}
