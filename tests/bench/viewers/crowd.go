// SPDX-License-Identifier: LGPL-2.1-or-later

package main

import (
	"math/rand"
	"sync"
	"time"

	"github.com/pion/webrtc"
)

// A crowd is the viewers of one process. All fields below mutex are guarded by it.
type crowd struct {
	api      *webrtc.API
	url      string
	silent   bool
	timeout  time.Duration
	parallel int

	mutex    sync.Mutex
	viewers  []*viewer
	joins    int
	failures map[string]int // message → how often
	moments  [milestones][]time.Duration
	marked   time.Time
}

// join lets one viewer in and waits for its first key frame; a silent one is in when its socket is
// open.
func (c *crowd) join() *viewer {
	v, err := open(c.api, c.url, c.silent)
	if err == nil && !c.silent {
		err = v.wait(c.timeout)
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.joins++
	if err != nil {
		c.failures[err.Error()]++
		if v != nil {
			v.end(err)
		}
		return nil
	}
	for m, moment := range v.milestones() {
		c.moments[m] = append(c.moments[m], moment)
	}
	c.viewers = append(c.viewers, v)
	return v
}

// grow joins viewers until there are `size`, a few at once, and returns when each is in or has
// failed.
func (c *crowd) grow(size int) {
	c.mutex.Lock()
	missing := size - len(c.viewers)
	c.mutex.Unlock()
	c.each(missing, func() { c.join() })
}

// churn lets viewers join, stay for up to twice `stay` and leave, `joins` times in all. Half of
// them leave with a bye, the others as a closed tab does.
func (c *crowd) churn(joins int, stay time.Duration) {
	c.each(joins, func() {
		phase := rand.Int63n(int64(time.Second)) // against the source's frames and key frames
		time.Sleep(time.Duration(phase) / 10)
		v := c.join()
		if v == nil {
			return
		}
		if stay > 0 {
			time.Sleep(time.Duration(rand.Int63n(2 * int64(stay))))
		}
		c.remove(v)
		v.leave(rand.Intn(2) == 0)
	})
}

// each runs `task` `times` times, `parallel` at once.
func (c *crowd) each(times int, task func()) {
	turns := make(chan struct{})
	var group sync.WaitGroup
	for worker := 0; worker < c.parallel; worker++ {
		group.Add(1)
		go func() {
			defer group.Done()
			for range turns {
				task()
			}
		}()
	}
	for ; times > 0; times-- {
		turns <- struct{}{}
	}
	close(turns)
	group.Wait()
}

func (c *crowd) remove(gone *viewer) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	for index, v := range c.viewers {
		if v == gone {
			c.viewers = append(c.viewers[:index], c.viewers[index+1:]...)
			return
		}
	}
}

// mark begins a new window for every viewer's counts.
func (c *crowd) mark() {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.marked = time.Now()
	for _, v := range c.viewers {
		v.traffic.mark(c.marked)
	}
}

func (c *crowd) leave() {
	c.mutex.Lock()
	viewers := c.viewers
	c.viewers = nil
	c.mutex.Unlock()
	for _, v := range viewers {
		v.leave(true)
	}
}
