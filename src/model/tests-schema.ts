import { z } from 'zod';
import { duration } from './duration-schema.js';

/** What a platform file says of the tests of a component: questions whose answers prove that it works. */

const anyUrl = 'the URL of a Service, as pods reach it, such as http://web:8080/health';
const anyRun = 'a list such as [pg_isready, -U, app], which no shell reads';
const anyStatus = 'an HTTP status such as 200';
const text = z.string().min(1, 'a text that is not empty');

/** The URL of a Service: its name, where needed with its namespace, as the cluster's DNS takes it. */
export const serviceUrl = /^(https?):\/\/([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.([a-z0-9](?:[-a-z0-9]*[a-z0-9])?)(?:\.svc(?:\.cluster\.local)?)?)?(?::([1-9]\d{0,4}))?((?:[/?]\S*)?)$/;

/** A GET, and what its answer has to be. */
export const HttpTest = z
  .strictObject({
    url: z.string(anyUrl).regex(serviceUrl, anyUrl).describe('URL of a Service, as pods reach it: a bare name is looked for in the component\'s namespace'),
    status: z.int(anyStatus).min(100, anyStatus).max(599, anyStatus).default(200).describe('Status that is expected; redirects are not followed'),
    contains: text.optional().describe('Text that the body must hold'),
    headers: z.record(z.string(), z.string()).optional().describe('Headers to send, such as Host for an ingress controller'),
  })
  .meta({ id: 'HttpTest', description: 'A GET, and what its answer has to be', examples: [{ url: 'http://web/health', contains: 'ok' }] });
export type HttpTest = z.infer<typeof HttpTest>;

/** One test of a component: one question, asked again until the answer is right or the time is up. */
export const ComponentTest = z
  .strictObject({
    http: HttpTest.optional().describe('Asks a Service over HTTP, through the API server'),
    run: z.array(z.string(), anyRun).min(1, anyRun).optional().describe('Program and arguments, run in a ready pod of the component: exit code 0 is right'),
    container: text.optional().describe('With run: the container, and so the pods that have one of this name'),
    timeout: duration.default('30s').describe('How long to ask before the answer counts as wrong'),
  })
  .meta({ id: 'ComponentTest', description: 'A question whose answer proves that the component works: http or run', examples: [{ http: { url: 'http://web/health' } }, { run: ['pg_isready'], container: 'postgres' }] });
export type ComponentTest = z.infer<typeof ComponentTest>;

/** What a test asks. */
export type TestQuestion = { http: HttpTest } | { run: string[]; container?: string };

/** A test with its name. */
export interface ResolvedTest {
  name: string;
  question: TestQuestion;
  timeoutSeconds: number;
}
