// SPDX-License-Identifier: LGPL-2.1-or-later

// Viewers opens many WebRTC viewers on one stream, without decoding, and counts what arrives.
//
// It obeys lines on standard input and answers each with one line of JSON on standard output:
//
//	grow N        join until there are N viewers                 {"event":"grown",…}
//	churn N MS    N viewers join, stay about MS milliseconds, leave   {"event":"churned",…}
//	mark          begin a new window of counts                    {"event":"marked",…}
//	report        the counts of the window                        {"event":"report",…}
//
// The end of standard input makes every viewer leave. Build with Debian's packages:
//
//	GO111MODULE=off GOPATH=/usr/share/gocode go build
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"os"
	"time"

	"github.com/pion/ice/v2"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc"
)

// newAPI makes an endpoint that knows H.264 alone and behaves as a browser does towards the server:
// receiver reports, NACKs and, where the offer has the extension, transport-wide feedback.
func newAPI() (*webrtc.API, error) {
	media := &webrtc.MediaEngine{}
	codec := webrtc.RTPCodecParameters{PayloadType: 96, RTPCodecCapability: webrtc.RTPCodecCapability{
		MimeType:    webrtc.MimeTypeH264,
		ClockRate:   90000,
		SDPFmtpLine: "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f",
		RTCPFeedback: []webrtc.RTCPFeedback{
			{Type: "nack"}, {Type: "nack", Parameter: "pli"}, {Type: "ccm", Parameter: "fir"}},
	}}
	if err := media.RegisterCodec(codec, webrtc.RTPCodecTypeVideo); err != nil {
		return nil, err
	}
	registry := &interceptor.Registry{}
	if err := webrtc.RegisterDefaultInterceptors(media, registry); err != nil {
		return nil, err
	}
	settings := webrtc.SettingEngine{}
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	return webrtc.NewAPI(webrtc.WithMediaEngine(media), webrtc.WithInterceptorRegistry(registry),
		webrtc.WithSettingEngine(settings)), nil
}

func obey(c *crowd, line string) (report, error) {
	var command string
	var number, stay int
	fmt.Sscan(line, &command, &number, &stay)
	switch command {
	case "grow":
		c.grow(number)
		return c.report("grown"), nil
	case "churn":
		c.churn(number, time.Duration(stay)*time.Millisecond)
		return c.report("churned"), nil
	case "mark":
		c.mark()
		return c.report("marked"), nil
	case "report":
		return c.report("report"), nil
	}
	return report{}, fmt.Errorf("unknown command: %q", line)
}

func run() error {
	url := flag.String("url", "ws://127.0.0.1:8600/output", "WebSocket address of the stream")
	silent := flag.Bool("silent", false, "open the sockets and never answer an offer")
	parallel := flag.Int("parallel", 8, "how many viewers join at once")
	timeout := flag.Duration("timeout", 15*time.Second, "how long a join may take")
	flag.Parse()
	if flag.NArg() > 0 || *parallel < 1 {
		flag.Usage()
		os.Exit(2)
	}
	rand.Seed(time.Now().UnixNano())
	api, err := newAPI()
	if err != nil {
		return err
	}
	c := &crowd{api: api, url: *url, silent: *silent, timeout: *timeout, parallel: *parallel,
		failures: map[string]int{}, marked: time.Now()}
	defer c.leave()
	output := json.NewEncoder(os.Stdout)
	for input := bufio.NewScanner(os.Stdin); input.Scan(); {
		answer, err := obey(c, input.Text())
		if err != nil {
			return err
		}
		if err := output.Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "viewers:", err)
		os.Exit(1)
	}
}
