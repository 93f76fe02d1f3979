import { actions, type Action, type Counts } from '../model/index.js';
import type { Rehearsal } from '../rehearse/index.js';
import { baseText, isDisrupted, outcomeText, refuserText, serviceText } from './rehearsal-words.js';
import { plural } from './text.js';
import { actionSymbols, countsText } from './words.js';

/** The report as one page without anything from elsewhere: no script, no picture, no font, no address. */
export function rehearsalPage(report: Rehearsal): string {
  const title = `Rehearsal of ${report.platform}`;
  const sections = [summary(report), problems(report), waves(report), disruption(report), changes(report), warnings(report), unknown(report)];
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${html(`${title}: ${outcomeText(report)}`)}</title>
<style>${style}</style>
</head>
<body>
<h1>${html(title)}</h1>
${sections.filter((section) => section !== '').join('\n')}
<footer>mostik ${html(report.toolVersion)}, report version ${report.version}, plan ${html(report.essence.digest.slice(0, 16))}; the rehearsal itself took ${report.seconds} s, which is no forecast.</footer>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --line: #8884; --bad: #c62828; --good: #2e7d32; --warn: #b26a00; }
@media (prefers-color-scheme: dark) { :root { --bad: #ff8a80; --good: #81c784; --warn: #ffb74d; } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.6rem; margin: 0 0 .5rem; } h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); }
code, .mono { font-family: ui-monospace, monospace; font-size: .92em; overflow-wrap: anywhere; }
.bad { color: var(--bad); } .good { color: var(--good); } .warn { color: var(--warn); } .dim { opacity: .75; }
.verdict { font-size: 1.2rem; font-weight: 600; margin: .2rem 0; }
.chain { list-style: none; margin: .3rem 0 0; padding: 0; } .chain li { padding-left: calc(var(--depth) * 1.2rem); } .chain li::before { content: "└ "; opacity: .6; }
.card { border: 1px solid var(--line); border-left: .3rem solid var(--bad); border-radius: .3rem; padding: .6rem .8rem; margin: .6rem 0; }
details > summary { cursor: pointer; } footer { margin-top: 3rem; opacity: .7; font-size: .9em; }
@media print { details:not([open]) > *:not(summary) { display: block; } }
`;

function summary(report: Rehearsal): string {
  const { outcome, nodes, base, profiles, kubernetes, faults } = report;
  const mark = outcome === 'well' ? '<span class="good">✓</span>' : outcome === 'failed' ? '<span class="bad">✗</span>' : '<span class="warn">⊘</span>';
  const rows: [string, string][] = [
    ['Changes', countsText(Object.fromEntries(actions.map((action) => [action, report.counts[action] ?? 0])) as Counts)],
    ['Started', baseText(report)],
    ['Nodes', `${nodes.names.join(', ')} (${nodes.from === 'live' ? 'copied from the live cluster' : 'as declared'}, simulated: containers do not run)`],
    ['Kubernetes', kubernetes],
    ['Profiles', profiles.join(', ') || 'none'],
    ...faults.map((fault): [string, string] => ['Fault', fault]),
    ...base.notes.map((note): [string, string] => ['Before the change', note]),
  ];
  return `<p class="verdict">${mark} ${html(outcomeText(report))}</p>\n<table>${rows.map(([name, value]) => `<tr><th>${html(name)}</th><td>${html(value)}</td></tr>`).join('')}</table>`;
}

function problems(report: Rehearsal): string {
  if (report.problems.length === 0) return report.notReady.length === 0 ? '' : `<h2>Not ready at the end</h2>\n<ul>${report.notReady.map(({ sentence }) => `<li>${html(sentence)}</li>`).join('')}</ul>`;
  const cards = report.problems.map(({ message, hint, by, component, kind }) => {
    const chain = kind === 'not-ready' || kind === 'refusal' ? report.notReady.find((entry) => entry.component === component)?.chain : undefined;
    const body = chain ? `<ol class="chain">${chain.map(({ subject, text }, depth) => `<li style="--depth: ${depth}"><code>${html(subject)}</code> ${html(text)}</li>`).join('')}</ol>` : `<div class="mono">${html(message)}</div>`;
    const refused = by && by.kind !== 'server' ? `<div class="dim">${html(refuserText(by))}</div>` : '';
    return `<div class="card"><strong class="bad">✗ ${html(kind)}</strong>${component === undefined ? '' : ` in <code>${html(component)}</code>`}${body}${refused}${hint === undefined ? '' : `<div>→ ${html(hint)}</div>`}</div>`;
  });
  const held = report.notReady.filter(({ component, root }) => component !== root);
  const after = held.length === 0 ? '' : `<p>Held up by these: ${held.map(({ component, root }) => `<code>${html(component)}</code> (by <code>${html(root)}</code>)`).join(', ')}</p>`;
  return `<h2>What fails</h2>\n${cards.join('\n')}${after}`;
}

const phaseClass: Record<string, string> = { healthy: 'good', unchanged: 'dim', failed: 'bad', timeout: 'bad', skipped: 'warn' };

function waves(report: Rehearsal): string {
  const rows = report.waves.flatMap(({ number, components }) =>
    components.map(({ name, phase, changes: all, unchanged, reason }) => {
      const counts = countsText(Object.fromEntries(actions.map((action) => [action, all.filter((change) => change.action === action).length + (action === 'unchanged' ? unchanged : 0)])) as Counts);
      return `<tr><td>${number + 1}</td><td><code>${html(name)}</code></td><td class="${phaseClass[phase] ?? ''}">${html(phase)}</td><td>${html(counts)}</td><td class="mono">${html(reason ?? '')}</td></tr>`;
    }),
  );
  const isUntried = report.waves.every(({ components }) => components.every(({ phase }) => phase === 'pending'));
  const untried = isUntried ? '<p>Not tried: an apply refuses this plan before it writes anything.</p>' : '';
  return `<h2>Waves</h2>\n${untried}<table><tr><th>Wave</th><th>Component</th><th>End</th><th>Objects</th><th>Reason</th></tr>${rows.join('')}</table>`;
}

function disruption({ services, budgets, pods, restarts, replacements }: Rehearsal): string {
  const rows = [
    ...services.map((service) => row(service.service, serviceText(service), isDisrupted(service) ? (service.wentEmpty > 0 || service.after === 0 ? 'bad' : 'warn') : 'good')),
    ...budgets.map(({ budget, demanded, least }) => row(budget, `demands ${plural(demanded, 'healthy pod')}, had ${least} at the fewest`, 'bad')),
    ...replacements.map(({ object, reason }) => row(object, `deleted and made anew: ${reason}`, 'bad')),
    ...restarts.map(({ object }) => row(object, 'its pods start anew', 'warn')),
    ...pods.map(({ component, started, ended }) => row(component, `${plural(started, 'pod')} started, ${ended} ended`, 'dim')),
  ];
  return rows.length === 0 ? '' : `<h2>Disruption</h2>\n<p class="dim">Counts of ready endpoints and pods during the change. Times of simulated pods are no forecast.</p>\n<table>${rows.join('')}</table>`;
}

function row(name: string, text: string, look: string): string {
  return `<tr><td><code>${html(name)}</code></td><td class="${look}">${html(text)}</td></tr>`;
}

function changes(report: Rehearsal): string {
  const all = report.waves.flatMap(({ components }) => components.flatMap(({ name, changes: list }) => list.map((change) => ({ ...change, component: name }))));
  if (all.length === 0) return '';
  const items = all.map(({ action, object, restarts, reason, fields, component }) => {
    const head = `${html(`${actionSymbols[action as Action]} ${action}`)} <code>${html(object)}</code> <span class="dim">${html(component)}</span>${restarts ? ' <span class="warn">restarts</span>' : ''}${reason === undefined ? '' : ` <span class="dim">${html(reason)}</span>`}`;
    if (fields.length === 0) return `<tr><td>${head}</td></tr>`;
    const lines = fields.map(({ path, before, after }) => `<tr><td><code>${html(path)}</code></td><td class="mono">${html(valueText(before))}</td><td class="mono">${html(valueText(after))}</td></tr>`);
    return `<tr><td><details><summary>${head}</summary><table><tr><th>Field</th><th>Before</th><th>After</th></tr>${lines.join('')}</table></details></td></tr>`;
  });
  return `<h2>Changes</h2>\n<table>${items.join('')}</table>`;
}

function valueText(value: unknown): string {
  if (value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function warnings({ warnings: list }: Rehearsal): string {
  if (list.length === 0) return '';
  return `<h2>Warnings</h2>\n<ul>${list.map(({ message, hint }) => `<li><span class="warn">▲</span> ${html(message)}${hint === undefined ? '' : ` <span class="dim">→ ${html(hint)}</span>`}</li>`).join('')}</ul>`;
}

function unknown({ notExercised }: Rehearsal): string {
  return `<h2>Not exercised</h2>\n<table>${notExercised.map(({ what, why }) => `<tr><td><code>${html(what)}</code></td><td>${html(why)}</td></tr>`).join('')}</table>`;
}

function html(text: string): string {
  // Control characters have no place in a page; all that could end a text or an attribute is written out.
  const visible = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd');
  return visible.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
