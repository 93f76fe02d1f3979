import { connectInCluster } from './api-server.js';
import { checkPreconditions } from './check.js';
import { readExpectations } from './expectations.js';

export interface RunOptions {
  environment: Readonly<Record<string, string | undefined>>;
  write: (line: string) => void;
  /** Where the token and certificate of the ServiceAccount are; where the kubelet mounts them by default. */
  serviceAccountFolder?: string;
}

/** Looks at the cluster, writes one sentence per problem, changes nothing. Returns the exit code: 1 where the installation must not go on. */
export async function runPreconditions({ environment, write, serviceAccountFolder }: RunOptions): Promise<number> {
  try {
    const expectations = readExpectations(environment.PRECONDITIONS);
    const cluster = connectInCluster(environment, serviceAccountFolder);
    write(`Checking what release ${expectations.release} needs in namespace ${expectations.namespace}.`);
    const findings = await checkPreconditions(cluster, expectations);
    for (const { severity, message } of findings) write(`${severity === 'error' ? 'refused' : 'note   '}  ${message}`);
    const problems = findings.filter(({ severity }) => severity === 'error').length;
    write(problems === 0 ? 'All preconditions are met.' : `${problems === 1 ? '1 problem' : `${problems} problems`}. Nothing was changed.`);
    return problems === 0 ? 0 : 1;
  } catch (error) {
    write(`refused  ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}
