// SPDX-License-Identifier: LGPL-2.1-or-later
// recognizer.js — the page: what is recorded, learnt and recognized.

const kSeriesInterval = 200;  // ms between two pictures of a series
const $ = (id) => document.getElementById(id);
const stream = document.querySelector('webrtc-stream');

let series = false;
let shown = '';  // the tag whose pictures are listed

/** Words for people; empty when there is nothing to say. */
function say(words) {
  $('words').textContent = words;
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<any>} null where it was refused; the page then says why
 */
async function ask(method, path, body) {
  try {
    const response = await fetch(path, {
      method, ...body !== undefined && { body: JSON.stringify(body) },
    });
    const answer = await response.json();
    if (response.ok) return answer;
    say(answer.detail ?? response.statusText);
  } catch {
    say('The recognizer does not answer.');
  }
  return null;
}

function button(words, label, action) {
  const made = document.createElement('button');
  made.type = 'button';
  made.textContent = words;
  made.setAttribute('aria-label', label);
  made.addEventListener('click', action);
  return made;
}

function showTags(tags) {
  $('tags').replaceChildren(...Object.entries(tags).map(([tag, count]) => {
    const item = document.createElement('li');
    const number = document.createElement('span');
    number.className = 'count';
    number.textContent = `${count} ${count === 1 ? 'picture' : 'pictures'}`;
    item.append(
      button(tag, `Show the pictures of ${tag}`, () => {
        $('tag').value = tag;
        showPictures(tag);
      }), number,
      button('Delete', `Delete ${tag}`, async () => {
        if (await ask('DELETE', `/recognizer/tags/${encodeURIComponent(tag)}`)) refresh();
      }));
    return item;
  }));
}

async function showPictures(tag) {
  shown = tag;
  const path = `/recognizer/tags/${encodeURIComponent(tag)}`;
  const answer = tag && await ask('GET', path);
  // Another tag was chosen meanwhile.
  if (shown !== tag) return;
  $('pictures').replaceChildren(...(answer ? answer.pictures.slice(-30) : []).map((name) => {
    const image = document.createElement('img');
    image.src = `${path}/${name}`;
    image.alt = `${tag}, ${name}`;
    const remove = button('', `Delete ${name}`, async () => {
      if (await ask('DELETE', `${path}/${name}`)) refresh();
    });
    remove.title = 'Delete this picture';
    remove.append(image);
    return remove;
  }));
}

function describe({ training, problem, trained }) {
  if (training) say('Learning …');
  else if (problem) say(problem);
  else if (trained) say(`Knows ${trained.tags.join(', ')}.`);
}

async function refresh() {
  const state = await ask('GET', '/recognizer');
  if (!state) return;
  showTags(state.tags);
  describe(state);
  await showPictures(shown in state.tags ? shown : '');
}

/** @returns {Promise<boolean>} whether it was recorded */
async function record() {
  const tag = $('tag').value.trim();
  if (!tag) {
    say('Say what it is first.');
    return false;
  }
  const answer = await ask('POST', `/recognizer/tags/${encodeURIComponent(tag)}`);
  if (answer) {
    shown = answer.tag;
    say(`Recorded for ${answer.tag}.`);
  }
  return Boolean(answer);
}

function endSeries() {
  series = false;
  $('series').setAttribute('aria-pressed', 'false');
  refresh();
}

async function recordSeries() {
  if (!series) return;
  if (await record() && series) setTimeout(recordSeries, kSeriesInterval);
  else endSeries();
}

$('recorder').addEventListener('submit', async (event) => {
  event.preventDefault();
  if (await record()) {
    const words = $('words').textContent;
    await refresh();
    say(words);
  }
});

$('series').addEventListener('click', () => {
  if (series) {
    endSeries();
    return;
  }
  series = true;
  $('series').setAttribute('aria-pressed', 'true');
  recordSeries();
});

$('trainer').addEventListener('submit', async (event) => {
  event.preventDefault();
  const state = await ask('POST', '/recognizer/train', { kind: $('kind').value });
  if (state) describe(state);
});

stream.addEventListener('message', ({ detail: { data } }) => {
  if (data.state) describe(data.state);
  if (typeof data.tag === 'string') {
    $('recognized').textContent = `${data.tag} ${Math.round(data.confidence * 100)} %`;
  }
});

// With pictures of its own (a camera at the server, a film) there is no stream to send one to.
const streams = await ask('GET', '/api/streams');
$('camera').hidden = !(streams && '/input' in streams);
await refresh();
