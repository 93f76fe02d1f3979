import { parseArgs } from 'node:util';
import { benchApply } from './apply.js';
import { prove } from './prove.js';

/** `npm run bench [-- apply | prove] [--objects 100,1000 --rounds 3]`. */
const { values, positionals } = parseArgs({ allowPositionals: true, options: { objects: { type: 'string' }, rounds: { type: 'string', default: '3' }, out: { type: 'string', default: 'bench/results' } } });
const wrong = positionals.filter((name) => name !== 'apply' && name !== 'prove');
if (wrong.length > 0) throw new Error(`${wrong.join(', ')}: expected apply or prove`);
const options = (sizes: string) => ({ sizes: (values.objects ?? sizes).split(',').map(Number), rounds: Number(values.rounds), out: values.out });
if (positionals.length === 0 || positionals.includes('apply')) await benchApply(options('100,1000'));
if (positionals.length === 0 || positionals.includes('prove')) await prove(options('500,5000'));
