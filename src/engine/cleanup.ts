const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const pending = new Set<() => void>();

/**
 * Registers work (synchronous, harmless when repeated) for the case that this process ends before it is done:
 * by `process.exit` or by a signal. Returns the function that takes it off again.
 */
export function onUntimelyEnd(undo: () => void): () => void {
  if (pending.size === 0) listen();
  pending.add(undo);
  return () => {
    pending.delete(undo);
    if (pending.size === 0) unlisten();
  };
}

function listen(): void {
  process.on('exit', undoAll);
  for (const signal of signals) process.on(signal, onSignal);
}

function unlisten(): void {
  process.off('exit', undoAll);
  for (const signal of signals) process.off(signal, onSignal);
}

function undoAll(): void {
  for (const undo of pending) undo();
  pending.clear();
}

/** Somebody else who listens decides how the process ends; with nobody, it ends as if we had never listened. */
function onSignal(signal: NodeJS.Signals): void {
  const alone = process.listenerCount(signal) === 1;
  undoAll();
  unlisten();
  if (alone) process.kill(process.pid, signal);
}
