// SPDX-License-Identifier: LGPL-2.1-or-later
// page.js — what is done with the widgets goes to Flask's REST interface.
const form = document.getElementById('picture');
const words = document.getElementById('words');

form.addEventListener('submit', (event) => event.preventDefault());
form.addEventListener('input', async ({ target }) => {
  const value = target.type === 'range' ? target.valueAsNumber : target.value;
  try {
    const response = await fetch('/api/picture', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ [target.name]: value }),
    });
    words.textContent = response.ok ? '' : (await response.json()).detail;
  } catch {
    words.textContent = 'The application does not answer.';
  }
});
