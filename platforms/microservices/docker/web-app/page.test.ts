import { describe, expect, test } from 'vitest';
import { notes } from '../microservice1/src/notes.js';
import { visits } from '../microservice2/src/visits.js';
import { serve } from '../for-tests/running-service.js';

describe.each([notes, visits])('the page of $name', (service) => {
  test('it is filled in for this service, with nothing left open', async () => {
    const running = await serve(service);
    const { status, headers, body } = await running.get('/');
    await running.stop();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(body).toContain(`<h1>${service.title}</h1>`);
    expect(body).toContain(`data-api="${service.apiPath}" data-field="${service.input.field}"`);
    expect(body).not.toContain('{{');
  });

  test('it loads nothing from outside, and runs only its own script', async () => {
    const running = await serve(service);
    const { headers, body } = await running.get('/');
    const files = await Promise.all(['/page.css', '/page.js'].map(running.get));
    await running.stop();
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    const links = [...String(body).matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link);
    expect(links.filter((link) => !/^(\/|data:image\/svg)/.test(link ?? ''))).toEqual([]);
    expect(files.map((file) => [file.status, file.headers.get('content-type')])).toEqual([
      [200, 'text/css; charset=utf-8'],
      [200, 'text/javascript; charset=utf-8'],
    ]);
  });

  test('every field that the script writes is in the page', async () => {
    const running = await serve(service);
    const [page, script] = await Promise.all([running.get('/'), running.get('/page.js')]);
    await running.stop();
    const asked = new Set([...String(script.body).matchAll(/(?:write|element)\('([\w-]+)'/g)].map(([, id]) => id));
    expect(asked.size).toBeGreaterThan(8);
    for (const id of asked) expect(page.body).toContain(`id="${id}"`);
  });
});

test('what comes from a service is escaped', async () => {
  const running = await serve({ ...notes, about: '<b>"bold"</b>' });
  const { body } = await running.get('/');
  await running.stop();
  expect(body).toContain('&#60;b&#62;&#34;bold&#34;&#60;/b&#62;');
});
