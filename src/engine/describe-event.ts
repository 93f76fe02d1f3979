import type { BuildStep, EngineEvent } from './engine.js';

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
      return `${file}: ${stepOf(event)}, ${event.seconds} s`;
    case 'ready':
      return `${file}: ready after ${event.seconds} s (${event.source})`;
  }
}

function stepOf({ step, done, total }: { step: BuildStep; done: number; total: number | undefined }): string {
  switch (step) {
    case 'modules':
      return done === 0 ? 'asking Go what is to be built' : `getting sources, ${done} modules`;
    case 'packages':
      return total === undefined ? `compiling, ${done} packages` : `compiling, ${Math.min(done, total)} of ${total} packages`;
    case 'link':
      return 'linking';
  }
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
