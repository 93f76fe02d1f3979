import { exitCodes } from '../diagnostics/diagnostic.js';

/** Watches for Ctrl-C and termination: the first asks for a clean stop, the second ends the process at once. */
export interface Interrupt {
  signal: AbortSignal;
  /** Stops watching. */
  dispose(): void;
}

/** Most stops are through before a person could read of them. */
const sayAfter = 300;

/** Starts to watch; `say` tells the person that the stop is under way. */
export function watchInterrupts(say: (text: string) => void): Interrupt {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const onSignal = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort(new DOMException('interrupted', 'AbortError'));
    timer = setTimeout(() => { say('Stopping cleanly; once more ends at once'); }, sayAfter);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return {
    signal: controller.signal,
    dispose: () => {
      clearTimeout(timer);
      process.off('SIGINT', onSignal);
      process.off('SIGTERM', onSignal);
    },
  };
}
