import { exitCodes } from '../diagnostics/index.js';
import { jsonText } from '../views/json.js';
import { matrixText, pathsText } from '../views/network-human.js';
import { matrixJson, pathsJson } from '../views/network-json.js';
import { defineCommand } from './command.js';
import { text } from './flag.js';
import { dirArgument, inputsOf, outputFlag, platformFlags } from './platform-flags.js';
import { withSteps } from './platform-world.js';

/** `mostik check network`: who reaches whom, and why. */
export const checkNetworkCommand = defineCommand({
  details: [
    'Computed from the NetworkPolicies that the platform renders, those of charts and generated ones, without a cluster.',
    'An end is a component, an object (Kind/name), ingress, dns, kubernetes-api, monitoring, internet, or an IP address. Without an end: all components.',
    'Exit 0 when what is asked about is as declared in uses and expose: open where declared, closed where not. Exit 1 otherwise.',
    'A folder called network is named ./network.',
  ].join('\n'),
  arguments: [dirArgument],
  flags: {
    ...platformFlags,
    ...outputFlag,
    from: text('Who sends', { value: 'END' }),
    to: text('Who receives', { value: 'END' }),
    port: text('Port of the target: 5432, 53/UDP, or its name; with --from and --to', { value: 'PORT' }),
  },
  examples: [
    ['mostik check network', 'who reaches whom, as a picture'],
    ['mostik check network --from api-gateway --to postgres', 'closed, and by which policy'],
    ['mostik check network platforms/balance-plus -p prod --from ingress --to api-gateway --port 8000', 'one port'],
  ],
  run: async ({ args: [dir], flags: { from, to, port, output, ...flags }, terminal, signal }) => {
    const [{ readPlatform, renderAndCheck }, { reportMatrix, reportPaths }] = await Promise.all([import('../pipeline.js'), import('../check/network-report.js')]);
    const { platform, desired } = await withSteps(terminal, async (steps) => {
      const stage = { signal, onProgress: steps.engine };
      const read = await readPlatform(inputsOf(dir, flags), stage);
      return { platform: read, desired: (await renderAndCheck(read, stage)).desired };
    });
    if (from !== undefined && to !== undefined) {
      const paths = reportPaths(platform, desired, { from, to, port });
      terminal.out(output === 'json' ? jsonText(pathsJson(paths)) : pathsText(paths, terminal.outLook));
      return paths.every(({ agrees }) => agrees) ? exitCodes.done : exitCodes.failed;
    }
    const matrix = reportMatrix(platform, desired, { from, to });
    terminal.out(output === 'json' ? jsonText(matrixJson(matrix)) : matrixText(matrix, terminal.outLook));
    return matrix.agrees ? exitCodes.done : exitCodes.failed;
  },
});
