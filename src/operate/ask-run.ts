import { podReason } from '../apply/index.js';
import type { ExecSession, Kube } from '../kube/index.js';
import { valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, type KubeObject } from '../model/index.js';
import type { Answer } from './ask-until-right.js';
import { bestOf, containersOf, containerToUse, isReady } from './pod-state.js';
import { notStarted } from './run-in-pod.js';
import { listSelected, nodeOf, type Selection } from './select-pods.js';

/** Where a command is run. */
export interface RunPlace {
  kube: Kube;
  /** The pods of the component. */
  selection: Selection;
  isSimulated(node: string): boolean;
  /** Takes secret values out of what came: before it is cut, since half a value is no longer known. */
  mask(text: string): string;
}

/** How much of what a command writes is kept: its end. */
const mostBytes = 16 * 1024;

/** Runs a command in a ready pod; exit code 0 is right. */
export async function askRun({ kube, selection, isSimulated, mask }: RunPlace, { run, container }: { run: string[]; container?: string }, signal: AbortSignal): Promise<Answer> {
  const asked = run.join(' ');
  // Pods of Jobs that have ended have nothing to run a command in.
  const all = (await listSelected(kube, selection, signal)).map(({ pod }) => pod).filter((pod) => !hasEnded(pod));
  const having = container === undefined ? all : all.filter((pod) => containersOf(pod).some(({ name }) => name === container));
  if (all.length > 0 && having.length === 0) return { verdict: 'hopeless', reason: `${asked}: no pod of ${selection.subject} has a container ${container}; there are ${namesOf(all).join(', ')}` };
  const pods = having.filter((pod) => !isSimulated(nodeOf(pod) ?? ''));
  if (having.length > 0 && pods.length === 0) return { verdict: 'simulated', reason: asked };
  const ready = pods.filter(isReady);
  const mains = [...new Set(ready.map((pod) => containerToUse(pod, container)))];
  if (mains.length > 1) return { verdict: 'hopeless', reason: `${asked}: the pods of ${selection.subject} are of several kinds; say which with container: ${mains.join(', ')}` };
  const pod = bestOf(ready.map((one) => ({ pod: one })))?.pod;
  if (!pod) return { verdict: 'none', reason: `${asked}: no pod of ${selection.subject} is ready${pods[0] ? `: ${pods[0].metadata.name}: ${podReason(pods[0])}` : ''}`, pod: pods[0] };
  const used = containerToUse(pod, container);
  const session = await kube.exec(refOf(pod), { container: used, command: run, signal });
  session.stdin.end();
  const [exit, written] = await Promise.all([session.exit, endOf(session)]);
  const output = mask(written).trim().replace(/\s+/g, ' ').slice(-300);
  const where = `${asked}: ${formatRef(refOf(pod))} (${used})`;
  if (exit.code === 0) return { verdict: 'right', reason: where, pod };
  if (exit.code === undefined) return { verdict: 'hopeless', reason: notStarted(`${asked}: ${formatRef(refOf(pod))}`, run, exit.problem).diagnostics[0]?.message ?? exit.problem, pod };
  return { verdict: 'wrong', reason: `${where} ended with exit code ${exit.code}${output === '' ? '' : `: ${output}`}`, pod };
}

function hasEnded(pod: KubeObject): boolean {
  const phase = valueAt(pod, 'status', 'phase');
  return phase === 'Succeeded' || phase === 'Failed';
}

function namesOf(pods: readonly KubeObject[]): string[] {
  return [...new Set(pods.flatMap((pod) => containersOf(pod).map(({ name }) => name)))];
}

/** The end of what a command wrote, both streams together. */
async function endOf({ stdout, stderr }: ExecSession): Promise<string> {
  let kept = '';
  await Promise.all([stdout, stderr].map(async (stream) => {
    for await (const chunk of stream) kept = (kept + (chunk as Buffer).toString('utf8')).slice(-mostBytes);
  }));
  return kept;
}
