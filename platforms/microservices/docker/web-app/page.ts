import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Route } from './http-server.js';
import type { Service } from './service.js';

const PAGE_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

/** The page of a service and the two files it loads. */
export function pageRoutes(service: Service): Route[] {
  const html = fill(readPart('index.html'), service);
  const file = (name: string, type: string): Route => {
    const body = readPart(name);
    return { method: 'GET', path: `/${name}`, quiet: true, handle: () => ({ status: 200, body, headers: { 'content-type': `${type}; charset=utf-8` } }) };
  };
  return [
    { method: 'GET', path: '/', handle: () => ({ status: 200, body: html, headers: PAGE_HEADERS }) },
    file('page.css', 'text/css'),
    file('page.js', 'text/javascript'),
  ];
}

function readPart(name: string): string {
  return readFileSync(new URL(`page/${name}`, import.meta.url), 'utf8');
}

function fill(template: string, { name, title, about, apiPath, input }: Service): string {
  const values: Record<string, string> = {
    name, title, about, apiPath,
    field: input.field, label: input.label, button: input.button, maxLength: String(input.maxLength),
    pod: hostname(),
  };
  return template.replace(/\{\{(\w+)\}\}/g, (_, key: string) => {
    const value = values[key];
    if (value === undefined) throw new Error(`index.html asks for {{${key}}}, which no service has`);
    return escapeHtml(value);
  });
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
