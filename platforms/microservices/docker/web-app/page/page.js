// Asks the service every few seconds and writes the answers into the page. Text only, never HTML, so that what people
// store is shown and not run.

const EVERY_MS = 3000;
const TIMEOUT_MS = 6000;
const { api, field } = document.body.dataset;
const element = (id) => document.getElementById(id);

let shownEntries = '';
let shownFailure = '';

/** Changed only when it differs: a status region that is rewritten would be read aloud again and again. */
function write(id, text, state) {
  const target = element(id);
  if (target.textContent !== text) target.textContent = text;
  if (state !== undefined) target.dataset.state = state;
}

async function ask(path, options = {}) {
  const answer = await fetch(path, { ...options, headers: { accept: 'application/json', ...options.headers }, signal: AbortSignal.timeout(TIMEOUT_MS) });
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error?.message ?? `${path} answered ${answer.status}`);
  return body;
}

function clock(iso) {
  return new Date(iso).toLocaleTimeString();
}

function showHealth(health) {
  write('overall', health.status === 'ok' ? 'Healthy' : 'Degraded', health.status);
  write('health-message', health.message);
  write('health-status', health.status);
  write('health-database', health.database_connected ? 'connected' : 'not connected');
  write('health-time', clock(health.timestamp));
}

function showDatabase(database) {
  write('database-message', database.message);
  write('database-version', database.version ?? '–');
  write('database-tables', database.connected ? String(database.tables_count) : '–');
  write('database-time', clock(database.last_check));
}

function showEntries({ total, items }) {
  const text = JSON.stringify(items);
  write('entries-total', `(${total})`);
  if (text === shownEntries) return;
  shownEntries = text;
  element('entries').replaceChildren(...items.map(entry));
}

function entry(item) {
  const line = document.createElement('li');
  const text = document.createElement('span');
  text.textContent = item[field];
  const time = document.createElement('time');
  time.dateTime = item.at;
  time.textContent = new Date(item.at).toLocaleString();
  line.append(text);
  if (item.visits !== undefined) {
    const visits = document.createElement('small');
    visits.textContent = item.visits === 1 ? '1 visit' : `${item.visits} visits`;
    line.append(visits);
  }
  line.append(time);
  return line;
}

async function refresh() {
  try {
    const [health, database] = await Promise.all([ask('/health'), ask('/db-status')]);
    showHealth(health);
    showDatabase(database);
    // Lost between the two answers: the next round says so.
    if (database.connected) await ask(api).then(showEntries, () => undefined);
    shownFailure = '';
  } catch (error) {
    if (shownFailure === error.message) return;
    shownFailure = error.message;
    write('overall', 'No answer', 'away');
    write('health-message', `The service does not answer (${error.message}). This page keeps asking.`);
  }
}

async function add(event) {
  event.preventDefault();
  const form = event.target;
  const button = form.querySelector('button');
  button.disabled = true;
  try {
    await ask(api, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(Object.fromEntries(new FormData(form))) });
    form.reset();
    write('add-result', 'Stored.', 'ok');
  } catch (error) {
    write('add-result', `Not stored. ${error.message}`, 'away');
  }
  button.disabled = false;
  await refresh();
}

element('add').addEventListener('submit', add);
document.addEventListener('visibilitychange', () => document.hidden || refresh());

for (;;) {
  if (!document.hidden) await refresh();
  await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
}
