import { asDict, asNumber, asString, valueAt } from '../../lib/read-unknown.js';

/** Waiting reasons of the kubelet that are about the image. */
export const imageReasons: ReadonlySet<string> = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName', 'ImageInspectError', 'RegistryUnavailable']);

/** What a container's status says of why it does not run, after its name; empty when it runs, or has nothing to say. */
export function containerReason(status: unknown): string {
  const map = asDict(status);
  const name = asString(map['name']) ?? '';
  const waiting = asDict(valueAt(map, 'state', 'waiting'));
  const reason = asString(waiting['reason']);
  if (reason !== undefined) {
    const words = waitingWords(reason, asString(waiting['message']) ?? '', map);
    return `${name}: ${reason}${words === '' ? '' : ` (${words})`}`;
  }
  const ended = asDict(valueAt(map, 'state', 'terminated'));
  const code = exitCodeOf(ended);
  return code === undefined ? '' : `${name}: ended with exit code ${code}${restartWords(map)}${ownWords(ended)}`;
}

function waitingWords(reason: string, message: string, status: unknown): string {
  if (imageReasons.has(reason)) return `image ${asString(asDict(status)['image']) ?? ''} ${imageWords(reason, message)}`;
  if (reason !== 'CrashLoopBackOff' || !/^back-off \S+ restarting failed container/.test(message)) return message;
  const code = exitCodeOf(valueAt(status, 'lastState', 'terminated'));
  return code === undefined ? message : `exit code ${code}${restartWords(asDict(status))}`;
}

/** What keeps an image away, without the kubelet's and containerd's wrapping: `cannot be pulled: registry:5000/web:2: not found`. */
export function imageWords(reason: string, message: string): string {
  if (reason === 'ErrImageNeverPull') return 'is not on the node, and imagePullPolicy is Never';
  if (reason === 'InvalidImageName') return `is no name of an image: ${message}`;
  const answer = wrapping.reduce((text, pattern) => text.replace(pattern, ''), message).trim();
  return answer === '' ? 'cannot be pulled' : `cannot be pulled: ${answer}`;
}

const wrapping: readonly RegExp[] = [
  /^Back-off pulling image "[^"]*"(?:: )?/,
  /^(?:ErrImagePull|RegistryUnavailable): /,
  /^rpc error: code = \w+ desc = /,
  /failed to pull and unpack image "[^"]*": /,
  /failed to resolve reference "[^"]*": /,
  /^failed to (?:pull|copy|do request): /,
];

function exitCodeOf(terminated: unknown): number | undefined {
  const code = asNumber(asDict(terminated)['exitCode']);
  return code === undefined || code === 0 ? undefined : code;
}

function restartWords(status: Record<string, unknown>): string {
  const restarts = asNumber(status['restartCount']) ?? 0;
  return restarts > 0 ? `, restarted ${restarts} times` : '';
}

/** What the program said of its end; where a container may fall back to its log, that is its last line. */
function ownWords(ended: Record<string, unknown>): string {
  const line = asString(ended['message'])?.trim().split('\n').at(-1)?.trim() ?? '';
  return line === '' ? '' : `: ${line.length > 300 ? `${line.slice(0, 299)}…` : line}`;
}
