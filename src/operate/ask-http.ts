import { podReason } from '../apply/index.js';
import type { Kube } from '../kube/index.js';
import { asDict, asList, asNumber, asString, asStrings, valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, serviceUrl, type HttpTest, type KubeObject } from '../model/index.js';
import type { Answer } from './ask-until-right.js';
import { targetIn } from './forward-ports.js';
import { innermost } from './forward.js';
import { getOver } from './get-over-stream.js';
import { bestOf, isReady } from './pod-state.js';
import { nodeOf } from './select-pods.js';

/** Where a question of HTTP is asked. */
export interface HttpPlace {
  kube: Kube;
  /** Of Services that the URL names without one. */
  namespace: string;
  isSimulated(node: string): boolean;
  /** Takes secret values out of what came: before it is cut, since half a value is no longer known. */
  mask(text: string): string;
}

/** An answer is waited for so long, unless the test's own time is shorter. */
const patienceMs = 10_000;

/** Asks a ready pod of a Service by HTTP, over a port that the API server forwards; the certificate of https is not checked. */
export async function askHttp({ kube, namespace, isSimulated, mask }: HttpPlace, test: HttpTest, signal: AbortSignal): Promise<Answer> {
  const [, scheme = 'http', name = '', named, port, path = ''] = serviceUrl.exec(test.url) ?? [];
  const ref = { apiVersion: 'v1', kind: 'Service', namespace: named ?? namespace, name };
  const service = await kube.get(ref, { signal });
  const asked = `GET ${test.url}`;
  if (!service) return { verdict: 'hopeless', reason: `${asked}: there is no ${formatRef(ref)}` };
  const labels = Object.entries(asStrings(valueAt(service, 'spec', 'selector')));
  if (labels.length === 0) return { verdict: 'hopeless', reason: `${asked}: ${formatRef(ref)} selects no pods, and only pods can be asked` };
  const target = targetOf(service, Number(port ?? (scheme === 'https' ? 443 : 80)));
  if ('known' in target) return { verdict: 'hopeless', reason: `${asked}: ${formatRef(ref)} has no such port; it has ${target.known}` };
  const { items } = await kube.list('v1', 'Pod', { namespace: ref.namespace, labelSelector: labels.map(([key, value]) => `${key}=${value}`).join(','), signal });
  const pods = items.filter((pod) => !isSimulated(nodeOf(pod) ?? ''));
  if (items.length > 0 && pods.length === 0) return { verdict: 'simulated', reason: asked };
  const pod = bestOf(pods.filter(isReady).map((one) => ({ pod: one })))?.pod;
  if (!pod) return { verdict: 'none', reason: `${asked}: no pod of ${formatRef(ref)} is ready${pods[0] ? `: ${pods[0].metadata.name}: ${podReason(pods[0])}` : ''}`, pod: pods[0] };
  const number = targetIn(pod, target.port);
  if (number === undefined) return { verdict: 'hopeless', reason: `${asked}: ${formatRef(refOf(pod))} has no port named ${target.port}`, pod };
  const limited = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    const stream = await kube.forwardPort(refOf(pod), number, { signal: limited });
    const { status, body } = await getOver(stream, { isTls: scheme === 'https', host: port === undefined ? hostOf(test.url) : `${hostOf(test.url)}:${port}`, path, headers: test.headers ?? {}, signal: limited });
    return judge(test, { status, body, mask, asked, pod });
  } catch (error) {
    // Time that is up is the caller's to tell; ten seconds without an answer are an answer.
    signal.throwIfAborted();
    const problem = limited.aborted ? `no answer in ${patienceMs / 1000} s` : innermost(error instanceof Error ? error.message : String(error));
    return { verdict: 'wrong', reason: `${asked}: ${formatRef(refOf(pod))}, port ${number}: ${problem}`, pod };
  }
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

function targetOf(service: KubeObject, wanted: number): { port: number | string } | { known: string } {
  const ports = asList(valueAt(service, 'spec', 'ports')).map(asDict);
  const found = ports.find(({ port }) => port === wanted);
  if (found) return { port: asNumber(found['targetPort']) ?? asString(found['targetPort']) ?? wanted };
  return { known: ports.map(({ port, name }) => (typeof name === 'string' ? `${asNumber(port)} (${name})` : `${asNumber(port)}`)).join(', ') || 'none' };
}

/** What came over HTTP. */
interface Came {
  status: number;
  body: string;
  /** Takes secret values out of what is shown of the body. */
  mask(text: string): string;
  asked: string;
  pod: KubeObject;
}

/** Holds an answer against what was expected. */
export function judge({ status: expected, contains }: HttpTest, { status, body, mask, asked, pod }: Came): Answer {
  const came = `${asked}: ${formatRef(refOf(pod))} answered ${status}`;
  const shown = mask(body).trim().replace(/\s+/g, ' ').slice(0, 200);
  const start = shown === '' ? ' with an empty body' : `: ${shown}`;
  if (status !== expected) return { verdict: 'wrong', reason: `${came}, expected ${expected}${start}`, pod };
  if (contains !== undefined && !body.includes(contains)) return { verdict: 'wrong', reason: `${came} without ${JSON.stringify(contains)}${start}`, pod };
  return { verdict: 'right', reason: came, pod };
}
