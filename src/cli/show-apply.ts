import type { ApplyEvent, Plan } from '../model/index.js';
import { eventLine, heartbeatLine } from '../views/progress-lines.js';
import { progressTable } from '../views/progress-table.js';
import { recordEvent, startProgress, type Progress } from '../views/progress.js';
import { printable } from '../views/text.js';
import { redrawOn, type Redraw } from './redraw.js';
import type { Terminal } from './terminal.js';

/** Shows an apply while it runs. */
export interface ApplyDisplay {
  onEvent(event: ApplyEvent): void;
  /** Ends it with the table as it is. */
  end(): void;
}

const redrawEvery = 100;
/** Looked at each second, so that no silence is longer than 15 s. */
const heartbeatEvery = 14_000;

/** Starts the display of a plan's apply. */
export type StartDisplay = (plan: Plan, cluster: { simulated: boolean }) => ApplyDisplay;

/** Gets the display ready: a live table on a terminal, lines elsewhere; both on stderr. */
export async function prepareDisplay(terminal: Terminal): Promise<StartDisplay> {
  if (!terminal.live) return (plan, { simulated }) => plainLines(startProgress(plan, Date.now()), terminal, simulated);
  const redraw = await redrawOn(terminal.stderr);
  return (plan, { simulated }) => liveTable(startProgress(plan, Date.now()), { terminal, redraw }, simulated);
}

function liveTable(progress: Progress, { terminal, redraw }: { terminal: Terminal; redraw: Redraw }, simulated: boolean): ApplyDisplay {
  const { stderr, errLook: look } = terminal;
  const table = (rows: number): string => progressTable(progress, look, { now: Date.now(), rows, simulated }).join('\n');
  const draw = (): void => { redraw.show(() => table(Math.max(4, (stderr.rows ?? 24) - 1))); };
  const timer = setInterval(draw, redrawEvery);
  draw();
  terminal.drawing(redraw.above);
  return {
    onEvent: (event) => {
      recordEvent(progress, event, Date.now());
      if (event.type === 'note') redraw.above(printable(event.message));
    },
    end: () => {
      clearInterval(timer);
      terminal.drawing(undefined);
      redraw.clear();
      redraw.end();
      terminal.err(table(Infinity));
    },
  };
}

function plainLines(progress: Progress, terminal: Terminal, simulated: boolean): ApplyDisplay {
  const look = terminal.errLook;
  let lastLine = Date.now();
  const say = (line: string) => {
    lastLine = Date.now();
    terminal.err(line);
  };
  const timer = setInterval(() => {
    if (Date.now() - lastLine >= heartbeatEvery) say(heartbeatLine(progress, { look, now: Date.now() }));
  }, 1000);
  return {
    onEvent: (event) => {
      const now = Date.now();
      const changed = recordEvent(progress, event, now);
      const line = changed ? eventLine(progress, event, { look, now }) : undefined;
      if (line !== undefined) say(line);
    },
    end: () => {
      clearInterval(timer);
      terminal.err(progressTable(progress, look, { now: Date.now(), rows: Infinity, simulated }).join('\n'));
    },
  };
}
