// A lock for the work before anything is built. (src/engine/lock.ts does more, but must be built first.)
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** Runs `work` while no other process does; `onWait(pid)` is called once when another one is at it. */
export async function oneAtATime(path, onWait, work) {
  mkdirSync(dirname(path), { recursive: true });
  const mine = `${process.pid} ${startOf(process.pid)}`;
  for (let told = false; !take(path, mine); ) {
    const holder = read(path);
    if (holder !== undefined && isDead(path, holder)) removeStale(path, holder);
    else {
      if (!told && holder) onWait(holder.split(' ')[0]);
      told ||= Boolean(holder);
      await sleep(100);
    }
  }
  const release = () => read(path) === mine && rmSync(path, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(path, mine) {
  try {
    writeFileSync(path, mine, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

function isDead(path, holder) {
  const [pid, start] = holder.split(' ');
  // An empty file is one that is being written, unless it stays so.
  if (!pid) return Date.now() - statSync(path, { throwIfNoEntry: false })?.mtimeMs > 5_000;
  return startOf(Number(pid)) !== start;
}

/** Moves the dead holder's lock away; when that turns out to be the lock of somebody faster, gives it back. */
function removeStale(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    renameSync(path, aside);
    if (read(aside) !== holder) linkSync(aside, path);
  } catch {
    // Somebody else removed it, or holds it again.
  }
  rmSync(aside, { force: true });
}

/** When a process started, so that a pid that was given again is not taken for its old owner; undefined when it is gone. */
function startOf(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== 'EPERM') return undefined;
  }
  const stat = read(`/proc/${pid}/stat`);
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields ? (fields[0] === 'Z' ? undefined : fields[19]) : 'running';
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
