import { execFile } from 'node:child_process';
import { diagnose, MostikError } from '../../diagnostics/index.js';

/** One call of the k3d program. */
export interface K3dCommand {
  args: string[];
  /** When it is called; always where absent. */
  when?: string;
}

export type K3dVerb = 'create' | 'start' | 'stop' | 'delete';

export const listArgs = ['cluster', 'list', '--output', 'json'];
export const createArgs = (file: string): string[] => ['cluster', 'create', '--config', file];
export const startArgs = (name: string): string[] => ['cluster', 'start', name];
export const stopArgs = (name: string): string[] => ['cluster', 'stop', name];
export const deleteArgs = (name: string): string[] => ['cluster', 'delete', name];
export const kubeconfigArgs = (name: string): string[] => ['kubeconfig', 'get', name];

/** Every call that a verb may make, in order, without making any. */
export function plannedCommands(verb: K3dVerb, name: string, file: string): K3dCommand[] {
  const list: K3dCommand = { args: listArgs };
  switch (verb) {
    case 'create':
      return [list, { args: createArgs(file), when: 'where the cluster is not there' }, { args: startArgs(name), when: 'where it is stopped' }, { args: kubeconfigArgs(name) }];
    case 'start':
      return [list, { args: startArgs(name), when: 'where it is stopped' }, { args: kubeconfigArgs(name) }];
    case 'stop':
      return [list, { args: stopArgs(name), when: 'where it runs' }];
    case 'delete':
      return [list, { args: deleteArgs(name), when: 'where the cluster is there' }];
  }
}

/** Runs k3d and returns what it prints; a k3d that is missing or fails is a Diagnostic. No shell reads the arguments. */
export function runK3d(args: readonly string[], signal?: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile('k3d', args, { maxBuffer: 32 << 20, ...(signal ? { signal } : {}) }, (error, stdout, stderr) => {
      if (!error) resolve(stdout);
      else if (signal?.aborted) reject(new Error('interrupted', { cause: error }));
      else if (error.code === 'ENOENT') reject(new MostikError([diagnose('k3d-missing', {})]));
      else reject(new MostikError([diagnose('k3d-failed', { command: `k3d ${args.join(' ')}`, reason: reasonIn(stderr || stdout) || error.message })]));
    });
  });
}

/** k3d logs lines such as `FATA[0003] Failed to ...`; the last of them that is an error is the reason. */
function reasonIn(output: string): string {
  // Its lines may be coloured also where nobody sees colours.
  const lines = output.replace(/\u001b\[[\d;]*m/g, '').split('\n').map((line) => line.trim()).filter((line) => line !== '');
  const line = lines.findLast((one) => /^(FATA|ERRO)/.test(one)) ?? lines.at(-1) ?? '';
  return line.replace(/^[A-Z]{4}\[[^\]]*\]\s*/, '').slice(0, 400);
}
