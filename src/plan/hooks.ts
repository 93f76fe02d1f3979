import type { HookEvent, Plan, PlannedChange, RenderedObject } from '../model/index.js';

/** Hook events around a component's change. */
export interface HookMoment {
  before: HookEvent;
  after: HookEvent;
}

/** Which hooks run for a component: install when the last successful generation did not have it, rollback when going back. */
export function hookMoment(kind: Plan['kind'], wasInstalled: boolean): HookMoment {
  if (kind === 'rollback' && wasInstalled) return { before: 'pre-rollback', after: 'post-rollback' };
  return wasInstalled ? { before: 'pre-upgrade', after: 'post-upgrade' } : { before: 'pre-install', after: 'post-install' };
}

/** The `run` changes of a component's hooks for one moment, each once where before and after are one event, in weight order, then by kind and name as Helm runs them. */
export function hookChanges(hooks: readonly RenderedObject[], moment: HookMoment, wave: number): PlannedChange[] {
  return [...new Set([moment.before, moment.after])].flatMap((event) =>
    hooks
      .filter(({ hook }) => hook?.events.includes(event))
      .sort((a, b) => (a.hook?.weight ?? 0) - (b.hook?.weight ?? 0) || order(a) - order(b) || a.ref.name.localeCompare(b.ref.name))
      .map((rendered) => ({
        rendered,
        send: rendered.object,
        change: {
          action: 'run' as const,
          ref: rendered.ref,
          component: rendered.component,
          wave,
          at: rendered.at,
          reason: `${event} hook`,
          fields: [],
          restarts: false,
          pin: { uid: null, digest: null },
          desired: null,
          hook: { event, weight: rendered.hook?.weight ?? 0 },
        },
      })),
  );
}

/** What a hook's Job needs (its account, its rights, its settings) is made before it, at the same weight. */
function order({ ref }: RenderedObject): number {
  const kinds = ['ServiceAccount', 'Secret', 'ConfigMap', 'Role', 'ClusterRole', 'RoleBinding', 'ClusterRoleBinding', 'Service', 'Pod', 'Job'];
  const index = kinds.indexOf(ref.kind);
  return index < 0 ? kinds.length - 2 : index;
}
