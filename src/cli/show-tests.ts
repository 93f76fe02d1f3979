import type { TestName, TestRun } from '../operate/tests.js';
import { testsTable, testText, type TestRow } from '../views/tests.js';
import { redrawOn } from './redraw.js';
import type { Terminal } from './terminal.js';

/** Shows tests while they run. */
export interface TestDisplay {
  onList(tests: readonly TestName[]): void;
  onStart(test: TestName): void;
  onEnd(result: TestRun['tests'][number]): void;
  /** Ends it; what was drawn goes. */
  end(): void;
}

const redrawEvery = 100;

/** Gets the display ready: a live table on stderr where that is a terminal, elsewhere a line for each test when it has ended. */
export async function showTests(terminal: Terminal, say: (line: string) => void): Promise<TestDisplay> {
  if (terminal.live) return liveTable(terminal);
  const nothing = (): void => undefined;
  return { onList: nothing, onStart: nothing, onEnd: (result) => { say(testText(result, terminal.outLook)); }, end: nothing };
}

async function liveTable(terminal: Terminal): Promise<TestDisplay> {
  const redraw = await redrawOn(terminal.stderr);
  const rows: TestRow[] = [];
  const draw = (): void => { redraw.show(() => testsTable(rows, terminal.errLook, Date.now())); };
  const rowOf = ({ component, test }: TestName): TestRow | undefined => rows.find((row) => row.component === component && row.test === test && row.result === undefined);
  let timer: NodeJS.Timeout | undefined;
  return {
    onList: (tests) => {
      rows.push(...tests.map(({ component, test }) => ({ component, test })));
      timer = setInterval(draw, redrawEvery);
      terminal.drawing(redraw.above);
    },
    onStart: (test) => { Object.assign(rowOf(test) ?? {}, { startedAt: Date.now() }); },
    onEnd: (result) => { Object.assign(rowOf(result) ?? {}, { result }); },
    end: () => {
      clearInterval(timer);
      terminal.drawing(undefined);
      redraw.clear();
      redraw.end();
    },
  };
}
