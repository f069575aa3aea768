// SPDX-License-Identifier: LGPL-2.1-or-later
// client.js — asks a server for what NVIDIA's Holoviz page asks, in the same order: the offer is
// posted before any candidate has been found, and none is sent later.
'use strict';

const element = (id) => document.getElementById(id);
const post = (path, body) => fetch(path, {
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

/** @type {RTCPeerConnection} */
let peer;
// What the tests look at.
window.seen = { offers: [], configs: [], iceServers: null, problem: null };

element('start').onclick = async () => {
  try {
    window.seen.iceServers = await (await fetch('/iceServers')).json();
    peer = new RTCPeerConnection({ sdpSemantics: 'unified-plan', iceServers: window.seen.iceServers });
    window.seen.peer = peer;
    peer.addEventListener('track', ({ track, streams }) => {
      if (track.kind === 'video') element('video').srcObject = streams[0];
    });
    peer.addTransceiver('video', { direction: 'recvonly' });
    await peer.setLocalDescription(await peer.createOffer());
    const { sdp, type } = peer.localDescription;
    window.seen.offers.push(sdp);
    const response = await post('/offer', { sdp, type });
    await peer.setRemoteDescription(await response.json());
  } catch (error) {
    window.seen.problem = String(error);
  }
};

element('stop').onclick = () => {
  for (const transceiver of peer.getTransceivers()) transceiver.stop();
  setTimeout(() => peer.close(), 500);
};

for (const id of ['text', 'speed']) {
  element(id).oninput = async () => {
    const response = await post('/config', { speed: element('speed').value, text: element('text').value });
    window.seen.configs.push(response.status);
  };
}
