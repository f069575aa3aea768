// SPDX-License-Identifier: LGPL-2.1-or-later
// jetson_client.js — runs inside a page: a client as people wrote them for the jetson-inference
// server, from the description of its protocol. The socket, an offer of the server, the own tracks,
// an answer, candidates both ways; every other message is passed over.

/** Defines `jetson`. Self-contained, because it travels as text. */
export function installJetsonClient() {
  /** @param {string} url @param {(connection: RTCPeerConnection) => Promise<void>} prepare */
  function connect(url, prepare) {
    const socket = new WebSocket(url);
    const connection = new RTCPeerConnection();
    const send = (type, data) => socket.send(JSON.stringify({ type, data }));
    connection.onicecandidate = ({ candidate }) => {
      if (candidate) send('ice', candidate);
    };
    socket.onmessage = async ({ data: text }) => {
      const { type, data } = JSON.parse(text);
      if (type === 'sdp') {
        await connection.setRemoteDescription(data);
        await prepare(connection);
        const answer = await connection.createAnswer();
        await connection.setLocalDescription(answer);
        const { type: kind, sdp } = connection.localDescription;
        send('sdp', { type: kind, sdp });
      } else if (type === 'ice') {
        await connection.addIceCandidate(data);
      }
    };
    return connection;
  }

  globalThis.jetson = {
    /** Sends a camera, without sound. */
    sendStream(url, deviceId) {
      jetson.sender = connect(url, async (connection) => {
        const stream = await navigator.mediaDevices.getUserMedia({
          video: deviceId ? { deviceId } : true, audio: false,
        });
        for (const track of stream.getTracks()) connection.addTrack(track, stream);
      });
    },

    /** Plays in a video element of the page. */
    playStream(url, video) {
      const connection = connect(url, async () => {});
      connection.ontrack = ({ streams }) => {
        [video.srcObject] = streams;
        video.play();
      };
      jetson.player = connection;
    },
  };
}
