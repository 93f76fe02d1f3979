import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reasonInLog } from './log-reason.js';

function reasonOf(...lines: string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'mostik-log-'));
  try {
    writeFileSync(join(folder, 'log'), `${lines.join('\n')}\n`);
    return reasonInLog(join(folder, 'log'));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('the error of a Kubernetes program is taken out of its log line', () => {
  expect(
    reasonOf(
      'I1121 14:16:43.885486    4334 server.go:150] Version: v1.36.3',
      String.raw`E1121 14:16:43.885486    4334 run.go:72] "command failed" err="listen \"tcp\": address already in use"`,
      'I1121 14:16:43.885487    4334 server.go:150] bye',
    ),
  ).toBe('listen "tcp": address already in use');
});

test('so is the error of etcd', () => {
  expect(reasonOf('{"level":"info","msg":"hello"}', '{"level":"fatal","msg":"discovery failed","error":"permission denied"}')).toBe('permission denied');
});

test('without an error the last line has to do', () => {
  expect(reasonOf('mostik-render: node-agent: unknown command')).toBe('mostik-render: node-agent: unknown command');
});

test('a log that is not there gives no reason', () => {
  expect(reasonInLog('/nowhere/log')).toBe('');
});
