import { diagnose, exitCodes, MostikError, type ExitCode } from '../diagnostics/index.js';
import { builderNames } from '../operate/images-builder.js';
import type { ImagePlaces } from '../operate/images-bring.js';
import type { ResolvedPlatform } from '../model/index.js';
import { builtText, imagesText, loadedText, prunableText, prunedText, pushedText } from '../views/images-human.js';
import { builtJson, imagesJson, loadedJson, prunedJson, pushedJson } from '../views/images-json.js';
import { jsonText } from '../views/json.js';
import { k3dContext, knowsK3d } from '../cluster/k3d/folder.js';
import { confirm, requireAnswer } from './carry-out.js';
import { chooseCluster, clusterChoiceFlags, dirFlag, hasPlatform } from './choose-cluster.js';
import { defineCommand, type Argument } from './command.js';
import { choice, text, toggle, type Values } from './flag.js';
import { inputsOf, outputFlag, platformFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

const componentArgument: Argument = { name: 'component', description: 'Components whose images are meant; all without any', rest: true };
const withFlag = { with: choice('Program that builds; the first that works by default', ['first', ...builderNames]) };
const forceFlag = { force: toggle('Build also what has not changed') };

const builderOf = (flags: Values<typeof withFlag>) => (flags.with === 'first' ? undefined : flags.with);

/** `mostik image build`. */
export const buildCommand = defineCommand({
  details: 'Builds with docker, podman, nerdctl or buildah. What is not changed is not built again: images carry a tag of their content. A platform whose cluster has a real node that runs gets them at once; --no-load leaves that out.',
  arguments: [componentArgument],
  flags: { ...dirFlag, ...platformFlags, ...outputFlag, ...withFlag, ...forceFlag, noLoad: toggle('Do not load them into the platform\'s cluster') },
  examples: [
    ['mostik image build --dir platforms/microservices', 'every image that has changed'],
    ['mostik image build microservice1 --force', 'one of them, whatever is there'],
  ],
  run: async ({ args, flags, terminal, signal }): Promise<ExitCode> => {
    const [{ buildImages, declaredImages }, { sendImages }] = await Promise.all([import('../operate/images-build.js'), import('../operate/images-bring.js')]);
    const images = await withSteps(terminal, async (steps) => {
      const platform = await platformOf(flags, signal);
      const options = { builder: builderOf(flags), force: flags.force, onProgress: steps.cluster, signal };
      const places = flags.noLoad ? undefined : await runningPlaces(platform);
      const declared = declaredImages(platform, args);
      if (declared.length === 0) throw new MostikError([diagnose('image-not-declared', { component: platform.name, hint: 'write `build: { image: NAME, context: FOLDER }` into a component' })]);
      if (places) return sendImages(places, declared, options);
      return (await buildImages(declared, options)).images.map((image) => ({ ...image, loaded: false }));
    });
    terminal.out(flags.output === 'json' ? jsonText(builtJson(images)) : builtText(images, terminal.outLook));
    return exitCodes.done;
  },
});

/** `mostik image load`. */
export const loadCommand = defineCommand({
  details: 'Takes archives as `docker save` and OCI tools write them, and names of images that docker, podman, nerdctl or buildah keeps on this machine. A context of k3d or kind gets them through its own command.',
  arguments: [{ name: 'image', description: 'Archives (.tar) or names of images', required: true, rest: true, complete: 'files' }],
  flags: { ...clusterChoiceFlags, ...outputFlag, ...withFlag, context: text('A context of k3d or kind in your kubeconfig instead', { value: 'NAME', complete: 'contexts' }) },
  examples: [
    ['mostik image load postgres-15.tar', 'from a file'],
    ['mostik image load shop:latest --cluster hello', 'from what this machine has built'],
  ],
  run: async ({ args, flags, terminal, signal }): Promise<ExitCode> => {
    const { contextTarget, loadImages, nodeTarget } = await import('../operate/images-load.js');
    const chosen = flags.context === undefined ? await chooseCluster(flags.cluster, { where: 'mostik image load', dir: flags.dir, signal }) : undefined;
    const target = chosen === undefined ? contextTarget(flags.context!) : chosen.k3d ? contextTarget(k3dContext(chosen.name)) : nodeTarget(chosen.name);
    const loaded = await withSteps(terminal, () => loadImages(target, args, { builder: builderOf(flags), signal }));
    terminal.out(flags.output === 'json' ? jsonText(loadedJson(target.name, loaded)) : loadedText(target.name, loaded));
    return exitCodes.done;
  },
});

/** `mostik image list`. */
export const listCommand = defineCommand({
  flags: { ...clusterChoiceFlags, ...outputFlag },
  examples: [['mostik image list --cluster hello', 'names, sizes, digests']],
  run: async ({ flags, terminal, signal }): Promise<ExitCode> => {
    const [{ nodeImages, nodeTarget }, { embeddedRegistry, listRegistry, placeOf }] = await Promise.all([import('../operate/images-load.js'), import('../operate/registry-images.js')]);
    const chosen = await chooseCluster(flags.cluster, { where: 'mostik image list', dir: flags.dir, signal });
    // k3d tells nothing of the images in its nodes.
    const images = chosen.k3d ? [] : await nodeImages(nodeTarget(chosen.name), signal);
    const place = chosen.k3d ? chosen.registry && placeOf(chosen.name, chosen.registry) : embeddedRegistry(chosen.name);
    const registry = place && { name: place.host, images: await listRegistry(place, signal) };
    terminal.out(flags.output === 'json' ? jsonText(imagesJson(chosen.name, images, registry)) : imagesText(images, terminal.outLook, registry));
    return exitCodes.done;
  },
});

/** `mostik image push`. */
export const pushCommand = defineCommand({
  details: 'Builds what has changed first. Without --to, images go to the registry that the platform declares for its cluster, and else to the one in their names. Logging in is the builder\'s own business: docker login, podman login.',
  arguments: [componentArgument],
  flags: { ...dirFlag, ...platformFlags, ...outputFlag, ...withFlag, ...forceFlag, to: text('Registry, and the path below it, where the name of an image says none', { value: 'REGISTRY/PATH' }) },
  examples: [
    ['mostik image push --to registry.example.org/team', 'all images of the platform'],
    ['mostik image push shop', 'one of them, to the registry in the cluster\'s keeping'],
  ],
  run: async ({ args, flags, terminal, signal }): Promise<ExitCode> => {
    const [{ declaredImages }, { pushImages, pushToRegistry }] = await Promise.all([import('../operate/images-build.js'), import('../operate/images-push.js')]);
    const pushed = await withSteps(terminal, async (steps) => {
      const platform = await platformOf(flags, signal);
      const [images, options] = [declaredImages(platform, args), { builder: builderOf(flags), force: flags.force, onProgress: steps.cluster, signal }];
      return flags.to === undefined && platform.cluster.registry ? pushToRegistry(platform, images, options) : pushImages(images, flags.to, options);
    });
    terminal.out(flags.output === 'json' ? jsonText(pushedJson(pushed)) : pushedText(pushed));
    return exitCodes.done;
  },
});

/** `mostik image prune`. */
export const pruneCommand = defineCommand({
  details: 'Removes from the real node what no pod runs, no workload names, and no platform asks for: neither those that were applied to the cluster, in their last generation, nor the one in --dir. Of the program that builds, older contents of that platform\'s own images go too. Asks first; --yes answers.',
  flags: { ...clusterChoiceFlags, ...platformFlags, ...outputFlag, ...withFlag, dryRun: toggle('Print what would go, and remove nothing'), yes: toggle('Do not ask', { short: 'y' }) },
  examples: [
    ['mostik image prune --dry-run', 'names and sizes, nothing removed'],
    ['mostik image prune --cluster hello --yes', 'without a question, as scripts need it'],
  ],
  run: async ({ flags, terminal, signal }): Promise<ExitCode> => {
    const where = 'mostik image prune';
    const [{ nodeTarget }, { findPrunable, prune }] = await Promise.all([import('../operate/images-load.js'), import('../operate/images-prune.js')]);
    const chosen = await chooseCluster(flags.cluster, { where, dir: flags.dir, profiles: flags.profile, signal });
    if (chosen.k3d) throw new MostikError([diagnose('argument-invalid', { where, expected: 'an embedded cluster', value: `k3d cluster ${chosen.name}` })]);
    const target = nodeTarget(chosen.name);
    if (!flags.dryRun) requireAnswer(where, flags, terminal);
    const found = await withSteps(terminal, async (steps) => {
      const platform = flags.dir !== undefined || (flags.cluster === undefined && hasPlatform('.')) ? await platformOf(flags, signal) : undefined;
      return findPrunable(target, platform, { builder: builderOf(flags), onProgress: steps.cluster, signal });
    });
    const isAny = found.images.length + (found.cached?.images.length ?? 0) > 0;
    if (isAny && flags.output === 'text') terminal.out(prunableText(found, terminal.outLook));
    if (isAny && !flags.dryRun && !flags.yes) await confirm('Remove these images?', { terminal, signal, where });
    const gone = isAny && !flags.dryRun ? await withSteps(terminal, () => prune(target, found, signal)) : found;
    const told = { cluster: chosen.name, done: !flags.dryRun };
    terminal.out(flags.output === 'json' ? jsonText(prunedJson(gone, told)) : prunedText(gone, told));
    return exitCodes.done;
  },
});

async function platformOf(flags: Values<typeof dirFlag & typeof platformFlags>, signal: AbortSignal): Promise<ResolvedPlatform> {
  const { readPlatform } = await import('../pipeline.js');
  return readPlatform(inputsOf(flags.dir, flags), { signal });
}

/** Where images go in a platform's own cluster, when it has a real node and runs. */
async function runningPlaces({ cluster }: ResolvedPlatform): Promise<ImagePlaces | undefined> {
  const [{ clusterState, readCluster }, { embeddedPlaces, placesOf }] = await Promise.all([import('../cluster/index.js'), import('../operate/images-bring.js')]);
  if (cluster.provider === 'k3d') return knowsK3d(cluster.name) ? placesOf({ cluster }) : undefined;
  return readCluster(cluster.name)?.real && clusterState(cluster.name) !== 'stopped' ? embeddedPlaces(cluster.name) : undefined;
}
