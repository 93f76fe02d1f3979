import type { Placement } from './placement.js';
import type { SceneKind } from './scene.js';

/** What each node lacks for a pod, in the scheduler's own sentence: `0/3 nodes are available: 2 Insufficient cpu, 1 Too many pods`. */
export function nodesSentence(kind: SceneKind, placement: Placement): string {
  const { nodes } = placement.scene;
  const counts = new Map<string, number>();
  let available = 0;
  nodes.forEach((_, node) => {
    const reasons = placement.reasons(kind, node);
    if (reasons.length === 0) available++;
    for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  });
  if (nodes.length === 0) return 'no nodes available to schedule pods';
  const parts = [...counts].map(([reason, count]) => `${count} ${reason}`).sort();
  return `${available}/${nodes.length} nodes are available${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
}
