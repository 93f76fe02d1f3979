import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import type { SealedManifest, SealOptions, SealReport } from '../operate/secrets-seal.js';
import { scopes, type Scope } from '../secrets/seal.js';
import { jsonText } from '../views/json.js';
import { sealText } from '../views/secrets-human.js';
import { sealJson } from '../views/secrets-json.js';
import { defineCommand, type Invocation } from './command.js';
import { choice, list, text, toggle, type Flag } from './flag.js';
import { dirArgument, inputsOf, outputFlag, platformFlags, sealingFlags, targetFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';
import { folderOf, platformNear } from './secrets.js';

const scopeChoice = choice('What a value is bound to: one Secret, any name in its namespace, or nothing; strict by default', scopes);
const scopeFlag: Flag<Scope | undefined> = { ...scopeChoice, initial: undefined, read: (given) => scopeChoice.read(given, 'strict') };

const flags = {
  ...platformFlags,
  ...targetFlags,
  ...outputFlag,
  secret: list('Only this secret of spec.secrets; with --name it may be KEY=SECRET', { value: 'NAME' }),
  name: text('Write a SealedSecret of this name, for the controller to make the Secret of it', { value: 'NAME' }),
  namespace: text('Its namespace; that of the platform, or of the manifest, by default', { value: 'NAMESPACE' }),
  type: text('Type of the Secret, with --name; Opaque by default', { value: 'TYPE' }),
  in: text('Seal the manifest of a Secret; - reads it from stdin', { value: 'FILE', complete: 'files' }),
  out: text('Where the sealed manifest goes; stdout by default', { value: 'FILE', complete: 'files' }),
  scope: scopeFlag,
  cert: text('Certificate to seal with; secrets.crt beside the platform file by default', { value: 'FILE', complete: 'files' }),
  fromCluster: toggle('Take the certificate of the controller in the cluster'),
  controllerNamespace: text('Namespace of the controller; kube-system by default', { value: 'NAMESPACE' }),
  controllerName: text('Service of the controller; sealed-secrets-controller by default', { value: 'NAME' }),
  ...sealingFlags,
  generate: toggle('Make values for secrets that have none yet, and save them in .env'),
  again: toggle('Seal anew what is sealed already'),
};

type SealInvocation = Invocation<typeof flags>;
const where = 'mostik secrets seal';

/** `mostik secrets seal`. */
export const sealCommand = defineCommand({
  details: [
    'Keeps the platform\'s secret values in Git, sealed: in secrets.sealed.yaml beside the platform file, or where spec.secrets says. With --name it writes a SealedSecret of them for the controller in the cluster, with --in it turns the manifest of a Secret into one.',
    'A value that is sealed already and still the same is left alone; to tell that, the private key must be at hand (--sealing-key, --from-cluster).',
  ].join('\n'),
  arguments: [dirArgument],
  flags,
  examples: [
    ['mostik secrets seal', 'the passwords in use, into Git'],
    ['mostik secrets seal --from-cluster --secret db', 'one of them, with the certificate of the controller'],
    ['mostik secrets seal --name db --secret password=db --from-cluster --out manifests/db.sealed.yaml', 'a SealedSecret that the controller opens'],
    ['mostik secrets seal --in secret.yaml --out sealed.yaml --cert main.crt', 'a Secret of your own, as kubeseal does'],
  ],
  run: async (invocation): Promise<ExitCode> => {
    const { terminal, flags: given } = invocation;
    refuseMixed(given);
    const report = await withSteps(terminal, () => sealAs(invocation));
    if (report.manifest !== undefined) {
      terminal.out(given.output === 'json' ? jsonText(await parsed(report.manifest)) : report.manifest);
      terminal.err(sealText(report, terminal.errLook));
    } else terminal.out(given.output === 'json' ? jsonText(sealJson(report)) : sealText(report, terminal.outLook));
    return exitCodes.done;
  },
});

async function sealAs({ args: [dir], flags: given, signal }: SealInvocation): Promise<SealReport> {
  const { sealManifest, sealObject, sealPlatform } = await import('../operate/secrets-seal.js');
  const options = { ...sealOptions(folderOf(dir), given), signal };
  const { name, type, generate } = given;
  if (given.in !== undefined) return sealManifest(await platformNear(dir, signal, inputsOf(dir, given)), { ...options, ...manifestOf(given), input: given.in });
  const { readPlatform } = await import('../pipeline.js');
  const platform = await readPlatform(inputsOf(dir, given), { signal });
  if (name !== undefined) return sealObject(platform, { ...options, ...manifestOf(given), name, items: itemsOf(given.secret), type, generate });
  return sealPlatform(platform, { ...options, names: given.secret, generate });
}

type Given = SealInvocation['flags'];

function sealOptions(dir: string, given: Given): Omit<SealOptions, 'signal'> {
  const { controllerNamespace = 'kube-system', controllerName = 'sealed-secrets-controller' } = given;
  return {
    where,
    dir,
    certificate: given.cert,
    controller: given.fromCluster ? { namespace: controllerNamespace, name: controllerName } : undefined,
    scope: given.scope,
    again: given.again,
    sealingKeys: given.sealingKey,
    context: given.context,
    kubeconfig: given.kubeconfig,
  };
}

function manifestOf({ name, namespace, out }: Given): SealedManifest {
  return { name, namespace, out };
}

/** `KEY=SECRET`, or `SECRET` under its own name. */
function itemsOf(secrets: readonly string[]): Record<string, string> {
  if (secrets.length === 0) throw new MostikError([diagnose('flag-invalid', { where: `${where} --secret`, expected: 'KEY=SECRET or SECRET, beside --name', value: 'none', hint: 'the keys of the Secret, and the secrets of spec.secrets they take' })]);
  return Object.fromEntries(secrets.map((given) => {
    const [, key, secret] = /^([^=]+)=(.+)$/.exec(given) ?? [];
    return [key ?? given, secret ?? given];
  }));
}

function refuseMixed(given: Given): void {
  const refuse = (expected: string, value: string): MostikError => new MostikError([diagnose('argument-invalid', { where, expected, value })]);
  if (given.in !== undefined && (given.secret.length > 0 || given.generate)) throw refuse('--in without --secret and --generate: the manifest has the values', 'both');
  if (given.type !== undefined && (given.name === undefined || given.in !== undefined)) throw refuse('--type with --name and without --in', '--type');
  if (given.in !== undefined || given.name !== undefined) return;
  if (given.out !== undefined) throw refuse('--out with --name or --in: the file of the platform\'s own values is named in spec.secrets', `--out ${given.out}`);
  if (given.namespace !== undefined) throw refuse('--namespace with --name or --in', `--namespace ${given.namespace}`);
}

async function parsed(manifest: string): Promise<unknown> {
  const { parse } = await import('yaml');
  return parse(manifest);
}
