// SPDX-License-Identifier: LGPL-2.1-or-later
// With a certificate everything is encrypted; with a wrong one nothing is served.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { launchChromium } from './support/browsers.js';
import { scratchFolder } from './support/environment.js';
import { Pipeline, launch, sink, testPicture } from './support/pipeline.js';
import { untilBars, watch } from './support/watching.js';

const kSource = testPicture({ width: 320, height: 180, rate: 15 });
const folder = scratchFolder(after);

/** @returns paths of a new certificate for this machine and of its key */
function makeCertificate(name) {
  const certificate = join(folder, `${name}.crt`);
  const key = join(folder, `${name}.key`);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256',
    '-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'], { stdio: 'ignore' });
  return { certificate, key };
}

const own = makeCertificate('own');
const other = makeCertificate('other');
const properties = `tls-certificate=${own.certificate} tls-key=${own.key}`;

/** @returns what Chromium wants to know of a certificate that it shall trust: no other one is */
function publicKeyHash(file) {
  const key = new X509Certificate(readFileSync(file)).publicKey;
  return createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64');
}

describe('a server with a certificate', () => {
  let browser;

  before(async () => {
    browser = await launchChromium({
      args: [`--ignore-certificate-errors-spki-list=${publicKeyHash(own.certificate)}`],
    });
  });

  after(() => browser.close());

  const kWays = [
    ['as properties', properties, {}, 'webrtc'],
    ['for webrtcs://', properties, {}, 'webrtcs'],
    ['in $SSL_CERT and $SSL_KEY', '', { SSL_CERT: own.certificate, SSL_KEY: own.key }, 'webrtcs'],
  ];
  for (const [name, more, environment, scheme] of kWays) {
    test(`${name} serves page, socket and stream encrypted`, async () => {
      const pipeline = await Pipeline.start(`${kSource} ! ${sink(more, { scheme })}`,
        { environment, secure: true });
      try {
        const page = await watch(browser, pipeline);
        assert.match(page.url(), /^https:/);
        assert.ok(await page.evaluate(() => isSecureContext));
        await untilBars(page, 40);
        assert.match(await page.evaluate(() => probe.player().stream.address.socketUrl), /^wss:/);
        await page.close();
        const plain = await fetch(`http://127.0.0.1:${pipeline.port}/healthz`);
        assert.equal(plain.status, 400);
        assert.match(await plain.text(), /https:\/\//, 'who forgot the s is told');
      } finally {
        await pipeline.stop();
      }
    });
  }
});

describe('gst-launch-1.0 ends and says what is wrong with', () => {
  const garbage = join(folder, 'garbage.pem');
  const closed = join(folder, 'closed.key');
  writeFileSync(garbage, 'This is no certificate.\n');
  writeFileSync(closed, readFileSync(own.key));
  chmodSync(closed, 0o000);
  const kMistakes = [
    ['a key of another certificate', own.certificate, other.key, [/key/i, /match|belong/i]],
    ['a certificate that is none', garbage, own.key, [/garbage\.pem/, /certificate/i]],
    ['a key that is none', own.certificate, garbage, [/garbage\.pem/, /key/i]],
    ['a certificate that is not there', join(folder, 'absent.crt'), own.key, [/absent\.crt/]],
    ['a key that is not there', own.certificate, join(folder, 'absent.key'), [/absent\.key/]],
    ['a certificate without a key', own.certificate, null, [/tls-key/]],
    ['a key without a certificate', null, own.key, [/tls-certificate/]],
  ];
  if (process.getuid() !== 0) {
    kMistakes.push(['a key that may not be read', own.certificate, closed, [/closed\.key/]]);
  }
  for (const [name, certificate, key, words] of kMistakes) {
    test(name, async () => {
      const { status, output } = await launch(['videotestsrc', '!', 'webrtcsink',
        'uri=webrtc://127.0.0.1:0/output',
        ...certificate ? [`tls-certificate=${certificate}`] : [], ...key ? [`tls-key=${key}`] : []]);
      assert.notEqual(status, 0);
      for (const word of words) assert.match(output, word);
    });
  }

  test('webrtcs:// without a certificate', async () => {
    const { status, output } = await launch(['videotestsrc', '!', 'webrtcsink',
      'uri=webrtcs://127.0.0.1:0/output']);
    assert.notEqual(status, 0);
    assert.match(output, /tls-certificate/);
  });
});
