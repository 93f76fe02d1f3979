import type { Inputs } from '../pipeline.js';
import { choice, list, seconds, text, toggle, type Values } from './flag.js';
import type { Argument } from './command.js';

/** The folder argument of every command about a platform. */
export const dirArgument: Argument = { name: 'dir', description: 'Folder of the platform file, or the file; the current folder by default', complete: 'folders' };

/** Flags that vary the platform. */
export const platformFlags = {
  profile: list('Profile to merge in, in order; the platform\'s default without any', { short: 'p', value: 'NAME', complete: 'profiles' }),
  file: list('Overlay: a file merged in like a profile without a name', { short: 'f', value: 'FILE', complete: 'files' }),
  set: list('One value of a component, such as web.image.tag=2', { value: 'COMPONENT.PATH=VALUE' }),
};

/** Flags that say which cluster. */
export const targetFlags = {
  context: text('Context of the kubeconfig; the platform\'s own cluster without it', { value: 'NAME', complete: 'contexts' }),
  kubeconfig: text('Kubeconfig file', { value: 'FILE', complete: 'files' }),
};

/** The keys of what Git keeps sealed. */
export const sealingFlags = {
  sealingKey: list('Private key that opens sealed secrets: a PEM file, or the Secret of a controller\'s key', { value: 'FILE', complete: 'files' }),
};

/** Dangers, one named flag each. */
export const dangerFlags = {
  deleteClaim: list('Delete this claim, with its data, when it is no longer declared', { value: 'NAME' }),
  replace: list('Delete and make anew this object, such as Job/default/migrate', { value: 'KIND/NS/NAME' }),
  deleteCrd: list('Delete this CRD, with every object of its kind, when it is no longer declared', { value: 'NAME' }),
  takeOver: list('Take over fields that this manager owns', { value: 'MANAGER' }),
  allow: list('Let this object or component exceed the change budget of the platform', { value: 'KIND/NS/NAME|COMPONENT' }),
  takePlatform: toggle('Take over a platform of the same name that comes from another source'),
  start: toggle('Start components that mostik stop has stopped; without it they stay stopped'),
};

/** Flags of everything that changes a cluster. */
export const applyFlags = {
  yes: toggle('Do not ask', { short: 'y' }),
  noWait: toggle('Do not wait until components are healthy'),
  timeout: seconds('Longest wait for each component, such as 90s or 5m', { value: 'TIME' }),
  rollbackOnFailure: toggle('Go back to the last good generation when it fails'),
};

/** `-o text|json`. */
export const outputFlag = { output: choice('Form of the data on stdout', ['text', 'json'], { short: 'o' }) };

/** What the user named, as the pipeline takes it. */
export function inputsOf(dir: string | undefined, flags: Values<typeof platformFlags>): Inputs {
  return { dir: dir ?? '.', profiles: flags.profile, overlays: flags.file, sets: flags.set };
}
