const kinds: Readonly<Record<string, string>> = { secret: 'Secret', configmap: 'ConfigMap', persistentvolumeclaim: 'PersistentVolumeClaim', serviceaccount: 'ServiceAccount' };

/** Says what holds a pod up with the object first, as the scheduler, the kubelet and the node agent mean it. */
export function plainWords(reason: string, namespace: string): string {
  const kind = '(secret|configmap|persistentvolumeclaim|serviceaccount)';
  const name = (word: string | undefined, object: string | undefined): string => `${kinds[(word ?? '').toLowerCase()] ?? ''} ${namespace}/${object ?? ''}`;
  const rules: [RegExp, (match: RegExpExecArray) => string][] = [
    [new RegExp(`${kind} "([^"]+)" has no key "([^"]+)"`, 'i'), ([, word, object, key]) => `${name(word, object)} has no key ${key ?? ''}`],
    [/couldn't find key (\S+) in (Secret|ConfigMap) (\S+)/, ([, key, word, object]) => `${word ?? ''} ${object ?? ''} has no key ${key ?? ''}`],
    [new RegExp(`${kind} "([^"]+)" not found`, 'i'), ([, word, object]) => `${name(word, object)} is missing`],
    [new RegExp(`${kind} "([^"]+)" (is .+?)(?:;|$)`, 'i'), ([, word, object, what]) => `${name(word, object)} ${what ?? ''}`],
    [/^\d+\/\d+ nodes are available: .*/s, ([text]) => `no node takes it: ${withoutPreemption(text)}`],
    [/^\S+: (?:ErrImagePull|ImagePullBackOff|ErrImageNeverPull|InvalidImageName|ImageInspectError|RegistryUnavailable) \((image .*)\)$/s, ([, words]) => words ?? ''],
    [/^(\S+): CrashLoopBackOff(?: \((.*)\))?$/s, ([, container, message]) => `container ${container ?? ''} crashes again and again${message === undefined ? '' : ` (${message})`}`],
  ];
  for (const [pattern, words] of rules) {
    const match = pattern.exec(reason);
    if (match) return words(match);
  }
  return reason;
}

/** The refusal of a pod without who was refused: `exceeded quota: small, requested: cpu=2, ...`. */
export function refusalWords(message: string): string {
  return message.replace(/^(?:create Pod \S+ in \w+ \S+ failed error|Error creating): /, '').replace(/^pods "[^"]*" is forbidden: /, '');
}

/** Whether others could be driven out matters only to those who use priorities. */
function withoutPreemption(text: string): string {
  return text.replace(/\s*(?:no new claims to deallocate, )?preemption: .*$/s, '').replace(/\.\s*$/, '');
}
