// SPDX-License-Identifier: LGPL-2.1-or-later
// probe.js — runs inside a page before its own scripts: what its players show, and how much of it.

/** Defines `probe`. Self-contained, because it travels as text. */
export function installProbe() {
  /** Every presented frame of a video: when (ms), and how many there were so far. */
  class FrameLog {
    constructor(video) {
      this.frames = [];
      const note = (now, { presentedFrames, rtpTimestamp }) => {
        this.frames.push({ time: performance.now(), count: presentedFrames, rtpTimestamp });
        video.requestVideoFrameCallback(note);
      };
      video.requestVideoFrameCallback(note);
    }
  }

  /** What the players said since `logStates`. */
  const states = [];

  /** @type {Map<HTMLVideoElement, FrameLog>} */
  const logs = new Map();
  /** @type {Map<HTMLVideoElement, AnalyserNode>} */
  const analysers = new Map();

  const probe = {
    /** The player with this index, in the order of the page. */
    player(index = 0) {
      return document.querySelectorAll('webrtc-stream')[index] ?? null;
    },

    video(index = 0) {
      return probe.player(index)?.videoElement ?? document.querySelectorAll('video')[index] ?? null;
    },

    /** What the player is and says. */
    state(index = 0) {
      const player = probe.player(index);
      const video = probe.video(index);
      return player && {
        state: player.state,
        message: player.message,
        hint: player.stream?.hint ?? '',
        muted: player.muted,
        paused: video.paused,
        width: video.videoWidth,
        height: video.videoHeight,
        time: video.currentTime,
      };
    },

    /** Mean colours of 8 × 8 pixels round points given as shares of width and height. */
    colours(points, index = 0) {
      const video = probe.video(index);
      const { videoWidth: width, videoHeight: height } = video;
      if (width <= 2) return null;  // Chromium's black of a track without frames.
      const canvas = document.createElement('canvas');
      Object.assign(canvas, { width, height });
      const context = canvas.getContext('2d', { willReadFrequently: true });
      context.drawImage(video, 0, 0);
      return points.map(([x, y]) => {
        const { data } = context.getImageData(Math.round(x * width) - 4,
          Math.round(y * height) - 4, 8, 8);
        return [0, 1, 2].map((channel) => {
          let sum = 0;
          for (let i = channel; i < data.length; i += 4) sum += data[i];
          return Math.round(sum * 4 / data.length);
        });
      });
    },

    /** The browser's statistics of one kind of incoming media, and the codec's MIME type. */
    async inbound(kind = 'video', index = 0) {
      const report = await probe.player(index)?.stream?.getStats();
      for (const entry of report?.values() ?? []) {
        if (entry.type === 'inbound-rtp' && entry.kind === kind) {
          return { ...entry, codec: report.get(entry.codecId)?.mimeType ?? null };
        }
      }
      return null;
    },

    async framesDecoded(index = 0) {
      return (await probe.inbound('video', index))?.framesDecoded ?? 0;
    },

    /** Begins to log the states that a player leaves and enters. */
    logStates(index = 0) {
      probe.player(index).addEventListener('statechange', ({ detail }) => {
        states.push(`${detail.state}: ${detail.message}`);
      });
    },

    /** The states since `logStates`. */
    states() {
      return states;
    },

    /** Begins to log frames. */
    logFrames(index = 0) {
      const video = probe.video(index);
      if (!logs.has(video)) logs.set(video, new FrameLog(video));
      return performance.now();
    },

    /** Frames presented since `start`, and the longest time without one. */
    presented(start, index = 0) {
      const all = logs.get(probe.video(index)).frames;
      const frames = all.filter(({ time }) => time >= start);
      const end = performance.now();
      const times = [start, ...frames.map(({ time }) => time), end];
      const gaps = times.slice(1).map((time, i) => time - times[i]);
      const first = frames[0];
      const last = frames.at(-1);
      return {
        seconds: (end - start) / 1000,
        frames: first ? last.count - first.count + 1 : 0,
        longestGap: Math.max(...gaps),
      };
    },

    /** The highest level of the sound since the call before, 0 to 1. */
    async level(index = 0) {
      const video = probe.video(index);
      let analyser = analysers.get(video);
      if (!analyser) {
        const context = new AudioContext();
        context.resume();
        analyser = context.createAnalyser();
        analyser.fftSize = 32768;
        context.createMediaStreamSource(video.srcObject).connect(analyser);
        analysers.set(video, analyser);
      }
      const samples = new Float32Array(analyser.fftSize);
      analyser.getFloatTimeDomainData(samples);
      return samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
    },
  };
  globalThis.probe = probe;
}
