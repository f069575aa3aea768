// SPDX-License-Identifier: LGPL-2.1-or-later
// page.js — the viewer inside the browser: the smallest client of the protocol, and the reader of
// the clock that test_picture.cpp draws. A script without exports: the driver evaluates it in a
// document of the server under test.

const kClockBits = 20;
const kClockSquare = 32; // pixels
const kTicksPerMillisecond = 10;
const kClockPeriod = 2 ** kClockBits;

// performance.now() starts at timeOrigin, which is off Date.now() by up to a millisecond and by
// every correction of the clock since; this is the difference now, at the edge of a Date.now()
// tick.
function wallClockOffset() {
  const before = Date.now();
  while (Date.now() === before);
  return Date.now() - performance.now();
}

class Watcher {
  constructor(url) {
    this.url = url;
    this.moments = {}; // name → ms since the socket began to open
    // {at, latency} in ms for every presented frame; latency is null where it cannot be read.
    this.samples = [];
    this.canvas = new OffscreenCanvas(kClockBits * kClockSquare, kClockSquare);
    this.context = this.canvas.getContext('2d', { willReadFrequently: true });
    this.video = document.createElement('video');
    this.video.muted = this.video.autoplay = this.video.playsInline = true;
    this.video.width = 640; // pixels on the page; the clock is read from the whole frame
    document.body.replaceChildren(this.video);
  }

  // Resolves with the moments when the first frame is presented.
  open(timeout) {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no picture: ${JSON.stringify(this.moments)}`)),
        timeout,
      );
      this.offset = wallClockOffset();
      this.began = performance.now();
      this.socket = new WebSocket(this.url);
      this.peer = new RTCPeerConnection();
      this.reach = (name) => (this.moments[name] ??= performance.now() - this.began);
      this.socket.onopen = () => this.reach('socket');
      this.socket.onmessage = ({ data }) => this.onMessage(JSON.parse(data)).catch(reject);
      this.socket.onclose = () => this.reach('closed');
      this.peer.onicecandidate = ({ candidate }) => {
        if (candidate?.candidate) {
          this.send('ice', {
            candidate: candidate.candidate,
            sdpMLineIndex: candidate.sdpMLineIndex,
          });
        }
      };
      this.peer.oniceconnectionstatechange = () => {
        if (this.peer.iceConnectionState === 'connected') this.reach('ice');
      };
      this.peer.onconnectionstatechange = () => {
        if (this.peer.connectionState === 'connected') this.reach('dtls');
      };
      this.peer.ontrack = ({ track, receiver }) => {
        if (track.kind !== 'video') return;
        receiver.jitterBufferTarget = 0;
        this.video.srcObject = new MediaStream([track]);
        const onFrame = (now) => {
          this.sample(now);
          this.video.requestVideoFrameCallback(onFrame);
        };
        this.video.requestVideoFrameCallback((now) => {
          this.reach('frame');
          clearTimeout(timer);
          resolve(this.moments);
          onFrame(now);
        });
      };
    });
  }

  send(type, data) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ type, data }));
  }

  async onMessage({ type, data }) {
    if (type === 'sdp') {
      this.reach('offer');
      await this.peer.setRemoteDescription(data);
      await this.peer.setLocalDescription();
      this.send('sdp', { type: 'answer', sdp: this.peer.localDescription.sdp });
      this.reach('answer');
    } else if (type === 'ice' && data.candidate) {
      await this.peer.addIceCandidate(data);
    } else if (type === 'error' || type === 'bye') {
      throw new Error(`the server said ${type}: ${JSON.stringify(data)}`);
    }
  }

  // Reads the clock out of the frame that is being presented. The time is taken first: reading
  // costs some of it.
  sample() {
    const at = performance.now();
    this.context.drawImage(
      this.video,
      0,
      0,
      this.canvas.width,
      kClockSquare,
      0,
      0,
      this.canvas.width,
      kClockSquare,
    );
    const { data } = this.context.getImageData(0, 0, this.canvas.width, kClockSquare);
    let drawn = 0;
    for (let bit = 0; bit < kClockBits; ++bit) {
      const level = this.level(data, bit);
      if (level > 64 && level < 192) {
        this.samples.push({ at, latency: null }); // neither black nor white
        return;
      }
      drawn = drawn * 2 + (level >= 192 ? 1 : 0);
    }
    const shown = Math.round((at + this.offset) * kTicksPerMillisecond) % kClockPeriod;
    this.samples.push({
      at,
      latency: ((shown - drawn + kClockPeriod) % kClockPeriod) / kTicksPerMillisecond,
    });
  }

  // Mean green of the middle quarter of a square: its edges suffer from quantisation.
  level(data, bit) {
    const from = kClockSquare / 4;
    const to = 3 * from;
    let sum = 0;
    for (let y = from; y < to; ++y) {
      for (let x = from; x < to; ++x) {
        sum += data[4 * (y * this.canvas.width + bit * kClockSquare + x) + 1];
      }
    }
    return sum / (to - from) ** 2;
  }

  close() {
    this.send('bye', {});
    this.socket.close();
    this.peer.close();
    this.video.srcObject = null;
    this.video.remove();
  }

  // Decoder's own account, to tell frames that never came from frames that were not shown.
  async statistics() {
    for (const entry of (await this.peer.getStats()).values()) {
      if (entry.type === 'inbound-rtp' && entry.kind === 'video') {
        const {
          packetsReceived,
          packetsLost,
          framesDecoded,
          framesDropped,
          keyFramesDecoded,
          pliCount,
          nackCount,
          freezeCount,
          jitterBufferDelay,
          jitterBufferEmittedCount,
          totalDecodeTime,
        } = entry;
        return {
          packetsReceived,
          packetsLost,
          framesDecoded,
          framesDropped,
          keyFramesDecoded,
          pliCount,
          nackCount,
          freezeCount,
          jitterBufferMs: (1000 * jitterBufferDelay) / jitterBufferEmittedCount,
          decodeMs: (1000 * totalDecodeTime) / framesDecoded,
        };
      }
    }
    return null;
  }
}

// Opens, waits for the first frame and leaves.
async function join(url, timeout) {
  const watcher = new Watcher(url);
  try {
    return { ...(await watcher.open(timeout)) };
  } finally {
    watcher.close();
  }
}

// A watcher that stays; its samples are taken with drain().
let steady = null;

async function watch(url, timeout) {
  steady = new Watcher(url);
  return { ...(await steady.open(timeout)) };
}

function drain() {
  return { now: performance.now(), samples: steady.samples.splice(0) };
}

async function unwatch() {
  const statistics = await steady.statistics();
  steady.close();
  steady = null;
  return statistics;
}

Object.assign(globalThis, { join, watch, drain, unwatch });
