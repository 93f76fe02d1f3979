import type { Entry, Example, Group, Section } from './command.js';

/** What the listings of help and completion are made of. The file of a command is loaded when that command is wanted. */
export const sections: readonly Section[] = [
  {
    title: 'The main job',
    entries: [{ name: 'up', summary: 'Bring a platform up: cluster if needed, check, plan, apply, wait, summary', load: async () => (await import('./up.js')).upCommand }],
  },
  {
    title: 'From files, without a cluster',
    entries: [
      { name: 'init', summary: 'Write a first platform, or a copy of one that comes with Mostik', load: async () => (await import('./init.js')).initCommand },
      {
        name: 'check',
        summary: 'Find every mistake in the files',
        load: async () => (await import('./check.js')).checkCommand,
        under: [
          { name: 'network', summary: 'Show who reaches whom, or why a path is open or closed', load: async () => (await import('./check-network.js')).checkNetworkCommand },
          { name: 'capacity', summary: 'Show which pods find room, and how full the nodes are', load: async () => (await import('./check-capacity.js')).checkCapacityCommand },
        ],
      },
      { name: 'render', aliases: ['template'], summary: 'Print the Kubernetes objects of a platform', load: async () => (await import('./render.js')).renderCommand },
    ],
  },
  {
    title: 'Roll out',
    entries: [
      { name: 'rehearse', summary: 'Carry a change out on a throw-away Kubernetes first, and say what would fail', load: async () => (await import('./rehearse.js')).rehearseCommand },
      { name: 'plan', summary: 'Show exactly what an apply would change; changes nothing', load: async () => (await import('./plan.js')).planCommand },
      { name: 'apply', aliases: ['deploy', 'sync'], summary: 'Make the cluster what the files say, and wait until it is healthy', load: async () => (await import('./apply.js')).applyCommand },
      { name: 'rollback', summary: 'Go back to an older generation, with today\'s secret values', load: async () => (await import('./rollback.js')).rollbackCommand },
      { name: 'destroy', aliases: ['down', 'delete'], summary: 'Take a platform away; claims stay unless they are named', load: async () => (await import('./destroy.js')).destroyCommand },
    ],
  },
  {
    title: 'Look',
    entries: [
      { name: 'status', summary: 'Show components and objects with their health and its reason', load: async () => (await import('./status.js')).statusCommand },
      { name: 'events', summary: 'Show what happened to components, newest last', load: async () => (await import('./events.js')).eventsCommand },
      { name: 'top', summary: 'Show CPU and memory by component, against requests and limits', load: async () => (await import('./top.js')).topCommand },
      { name: 'open', summary: 'Open a component in the browser, or print its address', load: async () => (await import('./open.js')).openCommand },
      { name: 'models', summary: 'List models with their versions, and whether they answer', load: async () => (await import('./models.js')).modelsCommand },
      { name: 'history', summary: 'List generations: who applied what, when, and how it ended', load: async () => (await import('./history.js')).historyCommand },
      { name: 'explain', summary: 'Show which file, line and layer set a field, and who owns it live', load: async () => (await import('./explain.js')).explainCommand },
      { name: 'diff', summary: 'Show what differs between two generations', load: async () => (await import('./diff.js')).diffCommand },
    ],
  },
  {
    title: 'Operate',
    entries: [
      { name: 'logs', summary: 'Show what pods write, merged and coloured; --follow goes on over restarts and rollouts', load: async () => (await import('./logs.js')).logsCommand },
      { name: 'shell', summary: 'Open a shell in a pod of a component', load: async () => (await import('./shell.js')).shellCommand },
      { name: 'run', summary: 'Run a command in a pod of a component', load: async () => (await import('./run-in-pod.js')).runInPodCommand },
      { name: 'forward', summary: 'Bring ports of components to this machine, and keep them over pod changes', load: async () => (await import('./forward.js')).forwardCommand },
      { name: 'copy', summary: 'Copy files and folders into a pod, or out of it', load: async () => (await import('./copy.js')).copyCommand },
      { name: 'restart', summary: 'Roll the pods of components, and wait until they are healthy', load: async () => (await import('./roll.js')).restartCommand },
      { name: 'stop', summary: 'Scale components to zero and remember what they were; data stay', load: async () => (await import('./roll.js')).stopCommand },
      { name: 'start', summary: 'Bring stopped components back to what they were', load: async () => (await import('./roll.js')).startCommand },
      { name: 'scale', summary: 'Change how many replicas a component has, in the files and on the cluster', load: async () => (await import('./set.js')).scaleCommand },
      {
        name: 'set',
        summary: 'Change the files and plan: image, value',
        commands: [
          { name: 'image', summary: 'Give a component another image, where the files name it', load: async () => (await import('./set.js')).setImageCommand },
          { name: 'value', summary: 'Set one value of a component, where the files set it', load: async () => (await import('./set.js')).setValueCommand },
        ],
      },
      { name: 'test', summary: 'Run the tests that charts bring', load: async () => (await import('./test.js')).testCommand },
    ],
  },
  {
    title: 'Cluster and tools',
    entries: [
      {
        name: 'cluster',
        summary: 'Embedded Kubernetes clusters: create, start, stop, delete, list, status, kubeconfig',
        commands: [
          { name: 'create', summary: 'Make a cluster, or bring one to what is asked, and start it', load: async () => (await import('./cluster.js')).createCommand },
          { name: 'start', summary: 'Start a stopped cluster with all its data', load: async () => (await import('./cluster.js')).startCommand },
          { name: 'stop', summary: 'Stop a cluster and keep its data', load: async () => (await import('./cluster.js')).stopCommand },
          { name: 'delete', summary: 'Delete a cluster with everything in it', load: async () => (await import('./cluster.js')).deleteCommand },
          { name: 'list', summary: 'List the clusters on this machine: Mostik\'s own, and those of k3d', load: async () => (await import('./cluster.js')).listCommand },
          { name: 'status', summary: 'Show a cluster: state, processes, memory, nodes, kubeconfig', load: async () => (await import('./cluster.js')).statusCommand },
          { name: 'kubeconfig', summary: 'Print the path of a cluster\'s kubeconfig', load: async () => (await import('./cluster.js')).kubeconfigCommand },
        ],
      },
      {
        name: 'image',
        summary: 'Images that the platform builds: build, load, list, push, prune',
        commands: [
          { name: 'build', summary: 'Build the images that components declare, and load them into a real node', load: async () => (await import('./image.js')).buildCommand },
          { name: 'load', summary: 'Load archives, or images of this machine, into the platform\'s cluster', load: async () => (await import('./image.js')).loadCommand },
          { name: 'list', summary: 'List the images that a real node has', load: async () => (await import('./image.js')).listCommand },
          { name: 'push', summary: 'Push the images that components declare to a registry', load: async () => (await import('./image.js')).pushCommand },
          { name: 'prune', summary: 'Remove the images that nothing uses from a real node', load: async () => (await import('./image.js')).pruneCommand },
        ],
      },
      {
        name: 'secrets',
        summary: 'Passwords of the platform: list, seal them for Git, unseal, new-key',
        commands: [
          { name: 'list', summary: 'List secrets: where each value comes from, who takes it, what Git keeps', load: async () => (await import('./secrets.js')).listCommand },
          { name: 'seal', summary: 'Encrypt values for Git, in the format of Sealed Secrets', load: async () => (await import('./secrets-seal.js')).sealCommand },
          { name: 'unseal', summary: 'Open a sealed file with its private key', load: async () => (await import('./secrets.js')).unsealCommand },
          { name: 'new-key', summary: 'Make a key pair to seal with that is the platform\'s own', load: async () => (await import('./secrets.js')).newKeyCommand },
        ],
      },
      {
        name: 'chart',
        summary: 'Library charts: new',
        commands: [{ name: 'new', summary: 'Write a service as a values file for a library chart', load: async () => (await import('./chart.js')).newCommand }],
      },
      { name: 'kubectl', summary: 'Run kubectl on the platform\'s cluster; nothing to install', load: async () => (await import('./kubectl.js')).kubectlCommand },
      { name: 'helm', summary: 'Run Helm, for charts and on the platform\'s cluster; nothing to install', load: async () => (await import('./helm.js')).helmCommand },
      {
        name: 'engine',
        summary: 'The render and cluster engines: status, install, remove',
        commands: [
          { name: 'status', summary: 'Show which engines are there, and where each would come from', load: async () => (await import('./engine.js')).statusCommand },
          { name: 'install', summary: 'Get engines ahead of their first use', load: async () => (await import('./engine.js')).installCommand },
          { name: 'remove', summary: 'Remove engines from the cache that are no longer used', load: async () => (await import('./engine.js')).removeCommand },
        ],
      },
      { name: 'dump', summary: 'Write a support bundle: versions, plan, status, objects, logs; no secrets', load: async () => (await import('./dump.js')).dumpCommand },
      { name: 'doctor', summary: 'Check this machine: Node, Go, Git, engines, folders, kubeconfig', load: async () => (await import('./doctor.js')).doctorCommand },
      { name: 'completion', summary: 'Print the completion script of bash or zsh', load: async () => (await import('./completion.js')).completionCommand },
    ],
  },
];

/** The tree that command lines are read against. */
export const commandTree: readonly (Entry | Group)[] = [
  ...sections.flatMap(({ entries }) => entries),
  { name: '__complete', summary: 'Answer a completion script', hidden: true, load: async () => (await import('./completion.js')).completeCommand },
];

/** Shown by `mostik --help`. */
export const rootExamples: readonly Example[] = [
  ['mostik up platforms/microservices', 'from nothing to a healthy platform'],
  ['mostik plan platforms/microservices --set microservice1.microservice1.webApp.replicas=2', 'see what a changed value would change'],
  ['mostik status platforms/microservices -w', 'watch its health'],
];
