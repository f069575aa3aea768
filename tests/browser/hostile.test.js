// SPDX-License-Identifier: LGPL-2.1-or-later
// Clients that lie, flood or talk nonsense are told so, and nobody else notices.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { launchChromium, openPage } from './support/browsers.js';
import { Pipeline, sink, testPicture } from './support/pipeline.js';
import { RawClient, refusal } from './support/raw_client.js';
import { until } from './support/until.js';
import { SteadyViewer, untilBars } from './support/watching.js';

const kGarbage = 'v=0\r\nthis is no SDP\r\n';

/** As a browser's, as far as it is not garbage. */
function answerWith(lines) {
  return ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', ...lines, ''].join('\r\n');
}

describe('a steady viewer goes on, and a client is told, when it sends', () => {
  let browser;
  let pipeline;
  let steady;

  before(async () => {
    pipeline = await Pipeline.start(`${testPicture()} ! ${sink('max-viewers=20')}`);
    browser = await launchChromium();
    steady = await SteadyViewer.open(browser, pipeline, { path: '/output?embed' });
  });

  after(async () => {
    await browser?.close();
    assert.equal(await pipeline.stop(), 0);
  });

  // What is sent once the offer is there, the code of the error, and whether the session goes on.
  const kBadMessages = [
    ['what is not JSON', (client) => client.sendText('hello?'), 'bad-json', true],
    ['JSON that is no object', (client) => client.sendText('[1,2,3]'), 'bad-json', true],
    ['an object without a type', (client) => client.sendText('{}'), 'bad-message', true],
    ['an unknown type', (client) => client.send('dance', {}), 'bad-message', true],
    ['a type that is no text', (client) => client.sendText('{"type":7}'), 'bad-message', true],
    ['JSON in a hundred thousand levels', (client) => client.sendText('['.repeat(50000)),
      'bad-json', true],
    ['an answer without an SDP', (client) => client.send('sdp', { type: 'answer' }),
      'bad-message', true],
    ['an offer of its own', (client) => client.send('sdp', { type: 'offer', sdp: 'v=0' }),
      'bad-message', true],
    ['an SDP that is garbage', (client) => client.answer(kGarbage), 'bad-sdp', false],
    ['an empty SDP', (client) => client.answer(''), 'bad-sdp', false],
    ['an SDP without media', (client) => client.answer(answerWith([])), 'bad-sdp', false],
    ['an SDP of 1000 m-lines', (client) => client.answer(answerWith(Array.from({ length: 1000 },
      () => 'm=video 9 UDP/TLS/RTP/SAVPF 96'))), 'bad-sdp', false],
    ['an SDP of a megabyte', (client) => client.answer(`v=0\r\n${'a=x\r\n'.repeat(220000)}`),
      'too-large', false],
    ['an answer with every codec rejected', (client) => client.answer(answerWith([
      'm=video 0 UDP/TLS/RTP/SAVPF 96', 'c=IN IP4 0.0.0.0', 'a=mid:video0'])),
    'no-common-codec', false],
    ['a candidate that is garbage', (client) => client.candidate('candidate:garbage'),
      'bad-candidate', true],
    ['a candidate for an m-line that there is not',
      (client) => client.candidate('candidate:1 1 UDP 1 127.0.0.1 9 typ host', 99),
      'bad-candidate', true],
    ['a candidate without an m-line', (client) => client.send('ice', { candidate: 'x' }),
      'bad-message', true],
  ];
  for (const [name, send, code, goesOn] of kBadMessages) {
    test(name, async () => {
      const client = await RawClient.open(pipeline.socketUrl);
      try {
        await client.message('sdp');
        const error = await steady.during(async () => {
          send(client);
          return await client.message('error');
        });
        assert.equal(error.code, code);
        assert.ok(error.message.length > 10, error.message);
        if (goesOn) {
          assert.equal(client.closed, false);
          client.candidate('');
          client.candidate('candidate:none');
          await client.nextError();
        } else {
          await client.untilClosed();
        }
      } finally {
        client.close();
      }
    });
  }

  test('two answers', async () => {
    const page = await openPage(browser, pipeline.url('/healthz'));
    const errors = await steady.during(() => page.evaluate((url) => new Promise((resolve) => {
      const socket = new WebSocket(url);
      const connection = new RTCPeerConnection();
      const found = [];
      socket.onclose = () => resolve(found);
      socket.onmessage = async ({ data: text }) => {
        const { type, data } = JSON.parse(text);
        if (type === 'error') found.push(data);
        if (type !== 'sdp') return;
        await connection.setRemoteDescription(data);
        await connection.setLocalDescription();
        const answer = { type: 'sdp', data: connection.localDescription };
        for (let i = 0; i < 2; ++i) socket.send(JSON.stringify(answer));
      };
    }), pipeline.socketUrl));
    await page.close();
    assert.equal(errors[0].code, 'bad-sdp');
    assert.match(errors[0].message, /already/);
  });

  test('10,000 messages at once', async () => {
    const client = await RawClient.open(pipeline.socketUrl);
    await client.message('sdp');
    const error = await steady.during(async () => {
      for (let i = 0; i < 10000; ++i) client.candidate(`candidate:${i} garbage`);
      await client.untilClosed();
      return client.messages.find(({ type, code }) => type === 'error' && code === 'rate');
    });
    assert.ok(error, `it was told: ${JSON.stringify(client.messages.slice(-3))}`);
  });

  test('a thousand well-formed candidates', async () => {
    const client = await RawClient.open(pipeline.socketUrl);
    await client.message('sdp');
    await steady.during(async () => {
      for (let i = 0; i < 1000; ++i) {
        client.candidate(`candidate:${i} 1 UDP 2113937151 127.0.0.1 ${10000 + i} typ host`);
      }
      await until('it was limited or sent away', () => client.closed
        || client.messages.some(({ type }) => type === 'error'),
      { otherwise: () => client.messages, deadline: 20000 });
    });
    client.close();
  });

  test('a binary message', async () => {
    const client = await RawClient.open(pipeline.socketUrl);
    await client.message('sdp');
    await steady.during(async () => {
      client.sendBytes(Buffer.alloc(1000, 0xff));
      await until('it is told or sent away', () => client.closed
        || client.messages.some(({ type }) => type === 'error'));
    });
    client.close();
  });

  test('bytes that are no WebSocket frames', async () => {
    const client = await RawClient.open(pipeline.socketUrl);
    await client.message('sdp');
    await steady.during(async () => {
      client.sendRawBytes(Buffer.alloc(5000, 0xff));
      await client.untilClosed();
    });
  });

  test('nothing but openings of sockets', async () => {
    await steady.during(async () => {
      const clients = await Promise.allSettled(Array.from({ length: 100 },
        () => RawClient.open(pipeline.socketUrl)));
      const open = clients.filter(({ status }) => status === 'fulfilled');
      assert.ok(open.length < 20, 'max-viewers holds');
      for (const { value } of open) value.close();
    });
    await until('they are gone', async () => (await pipeline.describe()).peer_count === 1);
  });
});

describe('a socket is refused', () => {
  let pipeline;

  before(async () => {
    pipeline = await Pipeline.start(`${testPicture({ width: 320, height: 180 })} `
      + `! ${sink('max-viewers=1')}`);
  });

  after(() => pipeline.stop());

  test('for a stream that there is not, with 404', async () => {
    const { status, body, type } = await refusal(`${pipeline.socketUrl}-not`);
    assert.equal(status, 404);
    assert.equal(type, 'application/problem+json');
    assert.match(JSON.parse(body).detail, /no stream/);
  });

  test('when every place is taken, with 503 and Retry-After', async () => {
    const first = await RawClient.open(pipeline.socketUrl);
    try {
      await first.message('hello');
      const { status, body, headers } = await refusal(pipeline.socketUrl);
      assert.equal(status, 503);
      assert.ok(Number(headers['retry-after']) > 0);
      assert.match(JSON.parse(body).detail, /viewers/);
    } finally {
      first.close();
    }
    await until('the place is free', async () => (await pipeline.describe()).peer_count === 0);
  });

  test('for a page of another origin, with 403', async () => {
    const { status } = await refusal(pipeline.socketUrl, { origin: 'https://evil.example' });
    assert.equal(status, 403);
  });

  test('with a wrong method or path over HTTP', async () => {
    const missing = await fetch(pipeline.url('/assets/nothing.js'));
    assert.equal(missing.status, 404);
    for (const path of ['/', '/api/streams', '/healthz']) {
      const response = await fetch(pipeline.url(path), { method: 'POST', body: 'x' });
      assert.equal(response.status, 405, path);
      assert.match(response.headers.get('allow') ?? '', /GET/);
    }
  });
});

test('a client that knows only sdp and ice, as of jetson-inference, plays', async () => {
  const pipeline = await Pipeline.start(`${testPicture()} ! ${sink()} `
    + 'audiotestsrc is-live=true ! output.');
  const browser = await launchChromium();
  try {
    const page = await openPage(browser, pipeline.url('/healthz'));
    await page.evaluate((url) => {
      const video = document.createElement('video');
      video.muted = true;
      video.autoplay = true;
      document.body.append(video);
      const socket = new WebSocket(url);
      const connection = new RTCPeerConnection({ iceServers: [] });
      connection.ontrack = ({ streams: [stream] }) => {
        video.srcObject = stream;
      };
      connection.onicecandidate = ({ candidate }) => {
        if (candidate) socket.send(JSON.stringify({ type: 'ice', data: candidate }));
      };
      socket.onmessage = ({ data }) => {
        const message = JSON.parse(data);
        if (message.type === 'sdp') {
          connection.setRemoteDescription(message.data)
            .then(() => connection.createAnswer())
            .then((answer) => connection.setLocalDescription(answer))
            .then(() => socket.send(JSON.stringify({
              type: 'sdp', data: connection.localDescription,
            })));
        } else if (message.type === 'ice') {
          connection.addIceCandidate(new RTCIceCandidate(message.data));
        }
      };
    }, pipeline.socketUrl);
    await until('a picture', () => page.evaluate(() => probe.video()?.currentTime > 0.5));
    await untilBars(page, 17);
    assert.deepEqual(await page.evaluate(() => (
      probe.video().srcObject.getTracks().map(({ kind }) => kind).sort())), ['audio', 'video']);
    const streams = await (await fetch(pipeline.url('/api/streams'))).json();
    assert.deepEqual(streams['/output'].flags, ['video', 'audio', 'send', 'multi_client']);
    assert.equal(streams['/output'].peer_count, 1);
  } finally {
    await browser.close();
    await pipeline.stop();
  }
});
