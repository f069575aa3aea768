// SPDX-License-Identifier: LGPL-2.1-or-later
// camera.js — the publisher inside the browser: a camera whose frames carry the wall clock, and the
// project's own WebRTCPublisher to send it. A script without exports: the driver evaluates it
// together with page.js, whose clock it draws.

const kWidth = 1280;
const kHeight = 720;
const kFrameInterval = 1001 / 30; // ms
const kBlack = 16; // limited range
const kWhite = 235;
const kNeutralChroma = 128;
const kPanReach = 64; // pixels, either way
const kPanPeriod = 240; // frames
const kGrain = 4; // of 255, either way: what a good camera has

// Numbers that are the same in every run.
function* noise(seed) {
  for (let state = seed; ; ) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    yield (state >>> 8) / 2 ** 24;
  }
}

// A textured plane: value noise on lattices of several sizes, and a grain.
function paintTexture(width, height) {
  const random = noise(8554);
  const plane = new Float32Array(width * height).fill(120);
  for (let cell = 64; cell >= 8; cell /= 2) {
    const columns = Math.ceil(width / cell) + 2;
    const lattice = Float32Array.from(
      { length: columns * (Math.ceil(height / cell) + 2) },
      () => (random.next().value - 0.5) * cell,
    );
    for (let y = 0; y < height; ++y) {
      const row = Math.floor(y / cell) * columns;
      const down = (y % cell) / cell;
      for (let x = 0; x < width; ++x) {
        const at = row + Math.floor(x / cell);
        const right = (x % cell) / cell;
        const above = lattice[at] + (lattice[at + 1] - lattice[at]) * right;
        const below =
          lattice[at + columns] + (lattice[at + columns + 1] - lattice[at + columns]) * right;
        plane[y * width + x] += above + (below - above) * down;
      }
    }
  }
  const clamp = (value) => Math.max(kBlack, Math.min(kWhite, value));
  return Uint8Array.from(plane, (value) =>
    clamp(Math.round(value + (2 * random.next().value - 1) * kGrain)),
  );
}

// The frames are made in memory, as a camera's driver hands them out: a canvas without a graphics
// card would cost more time than what is measured.
class Camera {
  constructor() {
    this.generator = new MediaStreamTrackGenerator({ kind: 'video' });
    this.writer = this.generator.writable.getWriter();
    this.stride = kWidth + 2 * kPanReach;
    this.texture = paintTexture(this.stride, kHeight + 2 * kPanReach);
    this.picture = new Uint8Array((kWidth * kHeight * 3) / 2).fill(kNeutralChroma);
    this.frames = 0;
    this.offset = wallClockOffset();
    this.began = performance.now();
    this.slot = 0;
    this.tick();
  }

  get track() {
    return this.generator;
  }

  // Frames come at multiples of the interval; one whose time has passed is left out. A timer may
  // fire a little before its time, and that must not give two frames in one interval.
  tick() {
    this.emit();
    const now = performance.now();
    this.slot = Math.max(this.slot, Math.floor((now - this.began) / kFrameInterval)) + 1;
    setTimeout(() => this.tick(), this.began + this.slot * kFrameInterval - now);
  }

  emit() {
    const phase = (2 * Math.PI * (this.frames++ % kPanPeriod)) / kPanPeriod;
    const left = kPanReach + Math.round(kPanReach * Math.cos(phase));
    const top = kPanReach + Math.round(kPanReach * Math.sin(2 * phase));
    for (let y = 0; y < kHeight; ++y) {
      const from = (top + y) * this.stride + left;
      this.picture.set(this.texture.subarray(from, from + kWidth), y * kWidth);
    }
    // The moment of capture: what follows is what a camera's driver would do.
    const now = performance.now();
    this.drawClock(now);
    const frame = new VideoFrame(this.picture, {
      format: 'I420',
      codedWidth: kWidth,
      codedHeight: kHeight,
      timestamp: Math.round(1000 * now), // µs
      colorSpace: { primaries: 'bt709', transfer: 'bt709', matrix: 'bt709', fullRange: false },
    });
    // Nobody takes frames while nobody publishes.
    this.writer.write(frame).catch(() => frame.close());
  }

  drawClock(now) {
    const count = Math.round((now + this.offset) * kTicksPerMillisecond) % kClockPeriod;
    for (let bit = 0; bit < kClockBits; ++bit) {
      const level = Math.floor(count / 2 ** (kClockBits - 1 - bit)) % 2 ? kWhite : kBlack;
      for (let y = 0; y < kClockSquare; ++y) {
        const from = y * kWidth + bit * kClockSquare;
        this.picture.fill(level, from, from + kClockSquare);
      }
    }
  }
}

let camera = null;
let publisher = null;

// Makes ready everything that a visitor has before pressing the button: the page, its script and
// a camera that it may use.
async function prepare(url, bitrate) {
  const { WebRTCPublisher } = await import('/webrtc-client.js');
  camera = new Camera();
  publisher = new WebRTCPublisher(url, { maxBitrate: bitrate, statisticsInterval: 0 });
}

// Presses the button. Resolves once the camera is being sent, with when the button was pressed, in
// milliseconds since the epoch.
function publish(timeout) {
  return new Promise((resolve, reject) => {
    const pressed = performance.now() + camera.offset;
    const timer = setTimeout(
      () => reject(new Error(`not published: ${publisher.state}, ${publisher.message}`)),
      timeout,
    );
    const onState = () => {
      if (publisher.state !== 'live') return;
      publisher.removeEventListener('statechange', onState);
      clearTimeout(timer);
      resolve(pressed);
    };
    publisher.addEventListener('statechange', onState);
    publisher.start({ video: camera.track, audio: null });
  });
}

function unpublish() {
  publisher.stop();
}

// What the encoder has made and the network was given so far.
async function sent() {
  for (const entry of (await publisher.getStats())?.values() ?? []) {
    if (entry.type !== 'outbound-rtp' || entry.kind !== 'video') continue;
    const { bytesSent, framesSent, keyFramesEncoded, totalEncodeTime, framesEncoded } = entry;
    const { pliCount, nackCount, retransmittedPacketsSent, packetsSent } = entry;
    const { encoderImplementation, frameWidth, frameHeight, qualityLimitationReason } = entry;
    return {
      at: performance.now(),
      bytesSent,
      framesSent,
      framesEncoded,
      keyFramesEncoded,
      totalEncodeTime,
      packetsSent,
      retransmittedPacketsSent,
      pliCount,
      nackCount,
      encoderImplementation,
      frameWidth,
      frameHeight,
      qualityLimitationReason,
    };
  }
  return null;
}

Object.assign(globalThis, { prepare, publish, unpublish, sent });
