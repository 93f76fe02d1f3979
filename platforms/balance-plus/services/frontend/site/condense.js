/** Why a text was not taken or not found: one of the words of the page. */
export class Refused extends Error {
  constructor(word) {
    super(word);
    this.word = word;
  }
}

const refusals = { 404: 'gone', 413: 'tooLong', 422: 'wrong' };

/** Sends a text; resolves with its task. Rejects with a Refused. */
export async function submit(fetch, apiBase, { text, sentences }) {
  return ask(fetch, `${apiBase}/condense`, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ text, sentences }) });
}

/**
 * Asks for a task until it is done or has failed; `onState` is told of each state. A service that does not answer is asked
 * again, as often as there are tries left. Rejects with a Refused: `slow` when the tries are used up.
 */
export async function follow(fetch, apiBase, { id, pollMilliseconds, tries = 300, onState = () => {}, wait = sleep }) {
  for (let left = tries; left > 0; left--) {
    const task = await ask(fetch, `${apiBase}/condense/${encodeURIComponent(id)}`).catch((error) => {
      if (error.word !== 'busy') throw error;
      return { state: 'busy' };
    });
    onState(task.state);
    if (task.state === 'done' || task.state === 'failed') return task;
    await wait(pollMilliseconds);
  }
  throw new Refused('slow');
}

async function ask(fetch, path, options = {}) {
  const response = await fetch(path, options).catch(() => undefined);
  if (response === undefined || response.status >= 500) throw new Refused('busy');
  if (!response.ok) throw new Refused(refusals[response.status] ?? 'wrong');
  return response.json();
}

function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
