import type { EngineEvent } from './engine.js';

const steps = { modules: 'getting sources', packages: 'compiling', link: 'linking' } as const;

/** Puts an event into one line: `mostik-cluster: compiling, 812 of 2796 packages, 74 s`. */
export function describeEvent(event: EngineEvent): string {
  const file = `mostik-${event.engine}`;
  switch (event.type) {
    case 'skipped':
      return event.diagnostic.message;
    case 'waiting':
      return `${file}: is being made by ${event.holder}, waited ${event.seconds} s`;
    case 'downloading':
      return `${file}: downloading, ${megabytes(event.bytes)}${event.total === undefined ? '' : ` of ${megabytes(event.total)}`} MB, ${event.seconds} s`;
    case 'building':
      return `${file}: ${steps[event.step]}${countOf(event)}, ${event.seconds} s`;
    case 'ready':
      return `${file}: ready after ${event.seconds} s (${event.source})`;
  }
}

function countOf({ step, done, total }: { step: keyof typeof steps; done: number; total: number | undefined }): string {
  if (step === 'link' || done === 0) return '';
  const unit = step === 'modules' ? 'modules' : 'packages';
  return step === 'packages' && total !== undefined ? `, ${Math.min(done, total)} of ${total} ${unit}` : `, ${done} ${unit}`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
