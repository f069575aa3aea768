// SPDX-License-Identifier: LGPL-2.1-or-later
// bare_client.js — runs inside a page: viewers that speak the protocol by themselves, politely or
// not, without the product's client.

/** Defines `bare`. Self-contained, because it travels as text. */
export function installBareClient() {
  /** Another digest than the browser's own. */
  function falsify(sdp) {
    return sdp.replaceAll(/^(a=fingerprint:\S+ )(.*)$/gm, (_, name, digest) => (
      name + digest.replaceAll(/[0-9A-F]/g, (digit) => (15 - parseInt(digit, 16)).toString(16)
        .toUpperCase())));
  }

  class Viewer {
    messages = [];
    closed = false;

    constructor(url, { answer = 'honest', codec = null }) {
      this.answer = answer;
      this.codec = codec;
      this.socket = new WebSocket(url);
      this.socket.onmessage = ({ data }) => this.receive(JSON.parse(data));
      this.socket.onclose = () => {
        this.closed = true;
      };
    }

    async receive({ type, data }) {
      if (type !== 'ice') this.messages.push({ ...data, type });
      if (type === 'sdp' && this.answer !== 'none') await this.offered(data);
      else if (type === 'ice' && this.connection) await this.connection.addIceCandidate(data);
    }

    async offered(offer) {
      const connection = new RTCPeerConnection();
      this.connection = connection;
      connection.onicecandidate = ({ candidate }) => {
        if (candidate) this.send('ice', candidate);
      };
      this.streams = [];
      connection.ontrack = ({ streams }) => this.streams.push(...streams);
      await connection.setRemoteDescription(offer);
      if (this.codec) this.prefer(this.codec);
      const answer = await connection.createAnswer();
      await connection.setLocalDescription(answer);
      this.send('sdp', {
        type: 'answer',
        sdp: this.answer === 'false fingerprint' ? falsify(answer.sdp) : answer.sdp,
      });
    }

    prefer(mimeType) {
      for (const transceiver of this.connection.getTransceivers()) {
        if (transceiver.receiver.track.kind !== 'video') continue;
        transceiver.setCodecPreferences(RTCRtpReceiver.getCapabilities('video').codecs
          .filter((codec) => codec.mimeType === mimeType));
      }
    }

    send(type, data) {
      if (this.socket.readyState === WebSocket.OPEN) {
        this.socket.send(JSON.stringify({ type, data }));
      }
    }

    leave() {
      this.connection?.close();
      this.socket.close();
    }
  }

  /** @type {Viewer[]} */
  const viewers = [];

  globalThis.bare = {
    /** @returns the viewer's number */
    open(url, options = {}) {
      return viewers.push(new Viewer(url, options)) - 1;
    },

    /** What one knows about a viewer. */
    async look(number) {
      const { connection, messages, closed } = viewers[number];
      const inbound = [];
      const report = await connection?.getStats();
      for (const entry of report?.values() ?? []) {
        if (entry.type === 'inbound-rtp') {
          const codec = report.get(entry.codecId)?.mimeType ?? null;
          inbound.push({
            kind: entry.kind, codec, packets: entry.packetsReceived, frames: entry.framesDecoded,
          });
        }
      }
      return {
        messages,
        closed,
        connection: connection?.connectionState ?? 'none',
        error: messages.find(({ type }) => type === 'error') ?? null,
        bye: messages.find(({ type }) => type === 'bye') ?? null,
        inbound,
      };
    },

    leave(number) {
      viewers[number].leave();
    },

    /** Shows what a viewer gets. */
    show(number) {
      const video = document.createElement('video');
      video.muted = true;
      document.body.append(video);
      video.srcObject = viewers[number].streams[0];
      return video.play();
    },

    /** Joins, is connected, and leaves; rejects where that takes too long. */
    async joinAndLeave(url, patience) {
      const viewer = new Viewer(url, {});
      const end = performance.now() + patience;
      while (viewer.connection?.connectionState !== 'connected') {
        if (viewer.closed || performance.now() > end) {
          throw new Error(`not connected: ${JSON.stringify(viewer.messages.filter(
            ({ type }) => type === 'error' || type === 'bye'))}`);
        }
        await new Promise((resolve) => {
          setTimeout(resolve, 10);
        });
      }
      viewer.leave();
    },
  };
}
