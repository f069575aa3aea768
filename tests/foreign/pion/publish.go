// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"github.com/pion/webrtc"
	"github.com/pion/webrtc/pkg/media"
	"github.com/pion/webrtc/pkg/media/ivfreader"
	"github.com/pion/webrtc/pkg/media/oggreader"
)

const opusRate = 48000

// publish sends a film and its sound by WHIP, again and again. The server's candidates are passed
// over: it has to use those that are sent to it.
func publish(peer *webrtc.PeerConnection, endpoint, film, sound string) (*session, error) {
	frames, interval, err := readFilm(film)
	if err != nil {
		return nil, err
	}
	pages, err := readSound(sound)
	if err != nil {
		return nil, err
	}
	video, err := addTrack(peer, webrtc.MimeTypeVP8, "video")
	if err != nil {
		return nil, err
	}
	audio, err := addTrack(peer, webrtc.MimeTypeOpus, "audio")
	if err != nil {
		return nil, err
	}
	go send(video, frames, interval)
	go send(audio, pages, 20*time.Millisecond)
	s := newSession(peer, endpoint)
	return s, s.start(true)
}

func addTrack(peer *webrtc.PeerConnection, codec, kind string) (*webrtc.TrackLocalStaticSample, error) {
	capability := webrtc.RTPCodecCapability{MimeType: codec}
	track, err := webrtc.NewTrackLocalStaticSample(capability, kind, "pion")
	if err != nil {
		return nil, err
	}
	direction := webrtc.RTPTransceiverInit{Direction: webrtc.RTPTransceiverDirectionSendonly}
	transceiver, err := peer.AddTransceiverFromTrack(track, direction)
	if err != nil {
		return nil, err
	}
	go func() { // Reading feeds the interceptors that send again what was lost.
		for {
			if _, _, err := transceiver.Sender().ReadRTCP(); err != nil {
				return
			}
		}
	}()
	return track, nil
}

// send gives a track its samples at their pace. Until it is connected they go nowhere.
func send(track *webrtc.TrackLocalStaticSample, samples [][]byte, interval time.Duration) {
	ticker := time.NewTicker(interval)
	for i := 0; ; i++ {
		<-ticker.C
		sample := media.Sample{Data: samples[i%len(samples)], Duration: interval}
		if err := track.WriteSample(sample); errors.Is(err, io.ErrClosedPipe) {
			return
		}
	}
}

func readFilm(path string) ([][]byte, time.Duration, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, 0, err
	}
	reader, header, err := ivfreader.NewWith(bytes.NewReader(data))
	if err != nil {
		return nil, 0, err
	}
	var frames [][]byte
	var last uint64 // in units of the file's time base
	for {
		payload, frame, err := reader.ParseNextFrame()
		if err == io.EOF && len(frames) > 1 {
			break
		} else if err != nil {
			return nil, 0, err
		}
		frames = append(frames, payload)
		last = frame.Timestamp
	}
	length := time.Second * time.Duration(last) * time.Duration(header.TimebaseNumerator) /
		time.Duration(header.TimebaseDenominator)
	return frames, length / time.Duration(len(frames)-1), nil
}

// readSound takes an Ogg file with one Opus packet a page.
func readSound(path string) ([][]byte, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	reader, header, err := oggreader.NewWith(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if header.SampleRate != opusRate {
		return nil, errors.New("the sound is not of 48 kHz")
	}
	var packets [][]byte
	for {
		payload, _, err := reader.ParseNextPage()
		if err == io.EOF {
			return packets, nil
		} else if err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(payload, []byte("OpusTags")) {
			packets = append(packets, payload)
		}
	}
}
