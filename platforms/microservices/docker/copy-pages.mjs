// The compiler writes only JavaScript; the page's own files are read beside it at run time.
import { cpSync } from 'node:fs';

cpSync(new URL('web-app/page/', import.meta.url), new URL('dist/web-app/page/', import.meta.url), { recursive: true });
