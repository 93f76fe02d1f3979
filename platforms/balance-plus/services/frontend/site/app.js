import { follow, Refused, submit } from './condense.js';
import { wordsFor } from './words.js';

const words = wordsFor(navigator.languages);
const [form, button, status, summary] = ['form', 'submit', 'status', 'summary'].map((id) => document.getElementById(id));

document.documentElement.lang = words.language;
for (const element of document.querySelectorAll('[data-word]')) element.textContent = words[element.dataset.word];

const settings = await fetch('/config.json').then((response) => response.json(), () => ({}));
const { apiBase = '/api', pollMilliseconds = 1000 } = settings;

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const { text, sentences } = Object.fromEntries(new FormData(form));
  void run(async () => {
    say('sending');
    const { id } = await submit(fetch, apiBase, { text, sentences: Number(sentences) });
    location.hash = id;
    await show(id);
  });
});

// The address keeps the task, so that a reload or a second look finds it again.
if (location.hash.length > 1) void run(() => show(location.hash.slice(1)));

async function show(id) {
  const task = await follow(fetch, apiBase, { id, pollMilliseconds, onState: say });
  summary.hidden = task.summary === undefined;
  summary.textContent = task.summary ?? '';
}

async function run(work) {
  button.disabled = true;
  summary.hidden = true;
  try {
    await work();
  } catch (error) {
    say(error instanceof Refused ? error.word : 'busy');
  } finally {
    button.disabled = false;
  }
}

function say(word) {
  status.textContent = words[word] ?? '';
}
