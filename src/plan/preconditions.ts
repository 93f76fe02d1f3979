import { diagnose, type Diagnostic } from '../diagnostics/index.js';
import type { Kube } from '../kube/index.js';
import { asDict, asList, asNumber, asString, valueAt } from '../lib/read-unknown.js';
import { formatRef, refOf, type KubeObject, type PlannedChange } from '../model/index.js';

/** Databases whose data directory belongs to one major version: another major does not start on it. */
const databases = ['postgres', 'postgresql', 'mysql', 'mariadb', 'mongo'];

/** Refuses an image of another major version over the data of a database that runs (MS-8). */
export function checkDatabaseVersions(changes: readonly PlannedChange[]): Diagnostic[] {
  return changes.flatMap(({ change, rendered, live }) => {
    if (!rendered || live?.kind !== 'StatefulSet' || !['update', 'adopt', 'replace'].includes(change.action)) return [];
    const before = new Map(images(live).map((image) => [image.name, image]));
    return images(rendered.object).flatMap((image) => {
      const old = before.get(image.name);
      if (!old || !databases.includes(image.name) || old.major === undefined || image.major === undefined || old.major === image.major) return [];
      return [diagnose('database-major', { object: formatRef(change.ref), from: old.text, to: image.text }, rendered.at)];
    });
  });
}

function images(object: KubeObject): { name: string; text: string; major: number | undefined }[] {
  return asList(valueAt(object, 'spec', 'template', 'spec', 'containers')).map((container) => {
    const text = asString(asDict(container)['image']) ?? '';
    const match = /([^/:@]+)(?::([^@]+))?(?:@.*)?$/.exec(text);
    const major = Number.parseInt(match?.[2] ?? '', 10);
    return { name: match?.[1] ?? '', text, major: Number.isNaN(major) ? undefined : major };
  });
}

/** Names the Service that already holds a node port we ask for (MS-8): the server's own refusal does not say whose it is. */
export async function checkPorts(kube: Kube, changes: readonly PlannedChange[]): Promise<Diagnostic[]> {
  const wanted = changes.flatMap(({ change, rendered }) =>
    rendered?.ref.kind === 'Service' && change.action !== 'unchanged'
      ? nodePorts(rendered.object).map((port) => ({ port, rendered }))
      : [],
  );
  if (wanted.length === 0) return [];
  const { items } = await kube.list('v1', 'Service');
  return wanted.flatMap(({ port, rendered }) => {
    const holder = items.find((service) => nodePorts(service).includes(port) && formatRef(refOf(service)) !== formatRef(rendered.ref));
    return holder ? [diagnose('node-port-taken', { object: formatRef(rendered.ref), port, holder: formatRef(refOf(holder)) }, rendered.at)] : [];
  });
}

function nodePorts(service: KubeObject): number[] {
  return asList(valueAt(service, 'spec', 'ports')).flatMap((port) => asNumber(asDict(port)['nodePort']) ?? []);
}
