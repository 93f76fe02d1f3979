import { describeEvent } from '../engine/describe-event.js';
import type { EngineEvent } from '../engine/index.js';
import type { ClusterProgress } from '../operate/cluster.js';
import { truncate } from '../views/width.js';
import { printDiagnostics } from './failure.js';
import type { Terminal } from './terminal.js';

/** Tells what goes on before there is anything to show: one line drawn anew on a terminal, few lines elsewhere. */
export interface Steps {
  tell(text: string): void;
  /** Tells what the getting of an engine is at. */
  engine(event: EngineEvent): void;
  /** Tells what the getting of a cluster, with its engines, is at. */
  cluster(event: ClusterProgress): void;
  /** Takes the line away, so that something else can be printed. */
  end(): void;
}

/** How often the same step is told again where lines are not drawn anew. */
const repeatAfter = 15_000;

/** Starts telling steps on stderr. */
export function showSteps(terminal: Terminal): Steps {
  const line = terminal.live ? liveLine(terminal) : plainLines(terminal);
  const engine = (event: EngineEvent): void => { line.tell(describeEvent(event)); };
  const cluster = (event: ClusterProgress): void => {
    if (event.type === 'step') line.tell(event.text);
    else if (event.type === 'note') {
      line.end();
      terminal.err(event.text);
    } else if (event.type === 'warning') {
      line.end();
      printDiagnostics([event.diagnostic], terminal);
    } else engine(event);
  };
  return { ...line, engine, cluster };
}

type Line = Pick<Steps, 'tell' | 'end'>;

function liveLine({ stderr, errLook, drawing }: Terminal): Line {
  const clear = (): void => { stderr.write('\r\u001b[2K'); };
  let line = '';
  const draw = (): void => { stderr.write(errLook.style.dim(truncate(line, errLook.width - 1))); };
  const above = (text: string): void => {
    clear();
    stderr.write(`${text}\n`);
    draw();
  };
  return {
    tell: (text) => {
      if (line !== '') clear();
      line = `… ${firstLine(text)}`;
      drawing(above);
      draw();
    },
    end: () => {
      if (line !== '') clear();
      line = '';
      drawing(undefined);
    },
  };
}

function plainLines(terminal: Terminal): Line {
  // Two engines are got side by side, so each step has a time of its own.
  const toldAt = new Map<string, number>();
  return {
    tell: (text) => {
      // Counts and seconds follow a comma; they alone make no new step.
      const step = firstLine(text).split(',')[0] ?? '';
      if (Date.now() - (toldAt.get(step) ?? -Infinity) < repeatAfter) return;
      toldAt.set(step, Date.now());
      terminal.err(firstLine(text));
    },
    end: () => undefined,
  };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
