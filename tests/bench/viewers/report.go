// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"sort"
	"time"
)

// A spread of milliseconds, or of counts.
type spread struct {
	Min float64 `json:"min"`
	P50 float64 `json:"p50"`
	P95 float64 `json:"p95"`
	Max float64 `json:"max"`
}

// A report covers the window since the last mark; joins and their moments cover the whole life of
// the process.
type report struct {
	Event     string            `json:"event"`
	Viewers   int               `json:"viewers"`
	Joins     int               `json:"joins"`
	Failures  map[string]int    `json:"failures"` // of joins, and of viewers that ended since
	WindowS   float64           `json:"window_s"`
	Packets   uint64            `json:"packets"`
	Bytes     uint64            `json:"bytes"`
	Lost      uint64            `json:"lost"`
	Late      uint64            `json:"late"`
	Twice     uint64            `json:"duplicates"`
	Gaps      uint64            `json:"gaps"`
	KeyFrames uint64            `json:"key_frames"`
	Frames    spread            `json:"frames_per_viewer"`
	GapMs     spread            `json:"longest_gap_ms"`
	JoinMs    map[string]spread `json:"join_ms"` // since the socket began to open
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration.Microseconds()) / 1000
}

// quantile of sorted values by the nearest rank, so that every figure is one that was measured.
func quantile(sorted []float64, q float64) float64 {
	rank := int(q*float64(len(sorted))+0.999999) - 1
	if rank < 0 {
		rank = 0
	}
	return sorted[rank]
}

func spreadOf(values []float64) spread {
	if len(values) == 0 {
		return spread{}
	}
	sorted := append([]float64(nil), values...)
	sort.Float64s(sorted)
	return spread{sorted[0], quantile(sorted, 0.5), quantile(sorted, 0.95), sorted[len(sorted)-1]}
}

func (c *crowd) report(event string) report {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	now := time.Now()
	r := report{Event: event, Viewers: len(c.viewers), Joins: c.joins, Failures: map[string]int{},
		WindowS: now.Sub(c.marked).Seconds(), JoinMs: map[string]spread{}}
	for text, times := range c.failures {
		r.Failures[text] += times
	}
	var frames, gaps []float64
	for _, v := range c.viewers {
		if err := v.failed(); err != nil {
			r.Failures[err.Error()]++
		}
		counts := v.traffic.read(now)
		r.Packets += counts.packets
		r.Bytes += counts.bytes
		r.Lost += counts.lost
		r.Late += counts.late
		r.Twice += counts.duplicates
		r.Gaps += counts.gaps
		r.KeyFrames += counts.keyFrames
		frames = append(frames, float64(counts.frames))
		gaps = append(gaps, milliseconds(counts.longestGap))
	}
	r.Frames, r.GapMs = spreadOf(frames), spreadOf(gaps)
	for m, name := range milestoneNames {
		var values []float64
		for _, moment := range c.moments[m] {
			values = append(values, milliseconds(moment))
		}
		if len(values) > 0 {
			r.JoinMs[name] = spreadOf(values)
		}
	}
	return r
}
