// SPDX-License-Identifier: LGPL-2.1-or-later
// http_client.js — runs inside a page: WHEP and WHIP as the two drafts have them, in plain JavaScript
// without any of the product's client. docs/whip-whep.md shows the same.

/** Defines `http`. Self-contained, because it travels as text. */
export function installHttpClient() {
  const kFragment = 'application/trickle-ice-sdpfrag';

  /** A session: an offer by POST, its answer, candidates by PATCH. */
  class Session {
    connection = new RTCPeerConnection();
    patches = [];  // statuses
    states = [];  // of ICE, since the last restart
    #ready = false;  // whether the session's ETag is known
    #waiting = [];  // candidates until then

    constructor(endpoint) {
      this.endpoint = endpoint;
      this.connection.onicecandidate = ({ candidate }) => {
        if (!candidate?.candidate) return;
        if (this.#ready) this.trickle([candidate.candidate]);
        else this.#waiting.push(candidate.candidate);
      };
      this.connection.oniceconnectionstatechange = () => {
        this.states.push(this.connection.iceConnectionState);
      };
    }

    async open() {
      await this.connection.setLocalDescription();
      const response = await fetch(this.endpoint, {
        method: 'POST',
        headers: { 'Content-Type': 'application/sdp' },
        body: this.connection.localDescription.sdp,
      });
      if (response.status !== 201) throw new Error(await response.text());
      this.answer = await response.text();
      this.etag = response.headers.get('ETag');
      await this.connection.setRemoteDescription({ type: 'answer', sdp: this.answer });
      this.url = new URL(response.headers.get('Location'), response.url).href;
      await this.#release();
    }

    async #release() {
      this.#ready = true;
      if (this.#waiting.length > 0) await this.trickle(this.#waiting.splice(0));
    }

    /** The credentials, and the m-line that candidates belong to. */
    head() {
      const lines = this.connection.localDescription.sdp.split('\r\n');
      const first = (prefix) => lines.find((line) => line.startsWith(prefix));
      return ['a=ice-ufrag:', 'a=ice-pwd:', 'm=', 'a=mid:'].map(first);
    }

    patch(lines, etag) {
      return fetch(this.url, {
        method: 'PATCH',
        headers: { 'Content-Type': kFragment, 'If-Match': etag },
        body: `${lines.join('\r\n')}\r\n`,
      });
    }

    async trickle(candidates) {
      const { status } = await this.patch(
        [...this.head(), ...candidates.map((candidate) => `a=${candidate}`)], this.etag);
      this.patches.push(status);
    }

    /** ICE anew. The rest of the answer stays as it was. */
    async restart() {
      this.states = [];
      this.#ready = false;
      this.connection.restartIce();
      await this.connection.setLocalDescription();
      const response = await this.patch(this.head(), '*');
      if (response.status !== 200) throw new Error(await response.text());
      const before = this.etag;
      this.etag = response.headers.get('ETag');
      const fragment = (await response.text()).split('\r\n');
      const found = (prefix) => fragment.find((line) => line.startsWith(prefix));
      const candidates = fragment.filter((line) => line.startsWith('a=candidate:'));
      this.answer = this.answer.split('\r\n')
        .filter((line) => !/^a=(candidate:|end-of-candidates)/.test(line))
        .map((line) => (/^a=ice-(ufrag|pwd):/.test(line) ? found(line.split(':')[0]) : line))
        .join('\r\n');
      await this.connection.setRemoteDescription({ type: 'answer', sdp: this.answer });
      await this.#release();
      for (const candidate of candidates) {
        await this.connection.addIceCandidate({ candidate: candidate.slice(2), sdpMLineIndex: 0 });
      }
      return { candidates: candidates.length, renewed: before !== this.etag };
    }

    async remove() {
      const { status } = await fetch(this.url, { method: 'DELETE' });
      this.connection.close();
      return status;
    }
  }

  globalThis.http = {
    /** @type {Session[]} */
    sessions: [],

    /** @returns the session's number */
    async watch(endpoint, kinds = ['audio', 'video']) {
      const session = new Session(endpoint);
      for (const kind of kinds) session.connection.addTransceiver(kind, { direction: 'recvonly' });
      const video = document.createElement('video');
      Object.assign(video, { muted: true, autoplay: true, playsInline: true });
      document.body.append(video);
      video.srcObject = new MediaStream(
        session.connection.getReceivers().map(({ track }) => track));
      await session.open();
      return http.sessions.push(session) - 1;
    },

    /** Sends camera and microphone. @returns the session's number */
    async publish(endpoint) {
      const session = new Session(endpoint);
      const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
      for (const track of stream.getTracks()) {
        session.connection.addTransceiver(track, { direction: 'sendonly', streams: [stream] });
      }
      await session.open();
      return http.sessions.push(session) - 1;
    },

    /** What one knows about a session. */
    async look(number) {
      const { connection, url, etag, patches, states } = http.sessions[number];
      const report = await connection.getStats();
      const entries = [...report.values()];
      const inbound = entries.filter(({ type }) => type === 'inbound-rtp')
        .map(({ kind, packetsReceived, framesDecoded }) => (
          { kind, packets: packetsReceived, frames: framesDecoded }));
      const pair = entries.find(({ type, nominated, state, selected }) => (
        type === 'candidate-pair' && (selected ?? nominated) && state === 'succeeded'));
      return {
        url, etag, patches, inbound, states,
        // Of the path in use; not every browser says.
        used: report.get(pair?.localCandidateId)?.usernameFragment ?? null,
        state: connection.connectionState,
        ice: connection.iceConnectionState,
        ufrags: ['localDescription', 'remoteDescription'].map((side) => (
          connection[side].sdp.match(/^a=ice-ufrag:(\S+)/m)[1])),
      };
    },

    restart: (number) => http.sessions[number].restart(),
    remove: (number) => http.sessions[number].remove(),
    close: (number) => http.sessions[number].connection.close(),

    /** Ends the session when the page goes. */
    sayFarewell(number) {
      addEventListener('pagehide', () => {
        fetch(http.sessions[number].url, { method: 'DELETE', keepalive: true });
      });
    },
  };
}
