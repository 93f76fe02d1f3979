import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { ComponentTest, ResolvedTest, TestQuestion } from '../model/index.js';
import { secondsOf } from './duration.js';
import { whereOf, type Declared } from './source.js';

/** The tests of a component, each with one question. */
export function findTests({ name, component, locate, broken }: Declared): { tests: ResolvedTest[]; problems: Diagnostic[] } {
  const tests: ResolvedTest[] = [];
  const problems: Diagnostic[] = [];
  for (const [test, declared] of Object.entries(component.tests ?? {})) {
    const found = questionOf(declared);
    if ('question' in found) tests.push({ name: test, question: found.question, timeoutSeconds: secondsOf(declared.timeout) });
    // A question that is missing may stand there with a mistake that was told already.
    else if (!broken || found.field !== undefined) problems.push(diagnose('bad-value', { where: whereOf(name, 'tests', test), hint: '', ...found }, locate(['tests', test, ...(found.field === undefined ? [] : [found.field])])));
  }
  return { tests, problems };
}

interface Mistake {
  expected: string;
  got: string;
  hint?: string;
  field?: string;
}

function questionOf({ http, run, container }: ComponentTest): { question: TestQuestion } | Mistake {
  if (http && run) return { expected: 'one question, http or run', got: 'both', hint: 'a component may have several tests', field: 'run' };
  if (http && container !== undefined) return { expected: 'container only beside run', got: 'it beside http', hint: 'take it away', field: 'container' };
  if (http) return { question: { http } };
  if (run) return { question: { run, ...(container === undefined ? {} : { container }) } };
  return { expected: 'a question, http or run', got: 'none', hint: 'such as http: { url: http://web/health } or run: [pg_isready]' };
}
