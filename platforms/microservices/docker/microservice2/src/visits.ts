import type { Service } from '../../web-app/service.js';

export const visits: Service = {
  name: 'microservice2',
  title: 'Microservice 2: visits',
  about: 'Counts the visits of each visitor in a PostgreSQL of its own.',
  port: 5002,
  apiPath: '/api/service2',
  tables: `
    CREATE TABLE IF NOT EXISTS visits (
      visitor text PRIMARY KEY,
      visits integer NOT NULL DEFAULT 1,
      last_visit timestamptz NOT NULL DEFAULT now()
    );`,
  input: { field: 'visitor', label: 'Visitor', button: 'Record visit', maxLength: 80 },

  async list(query) {
    const items = await query('SELECT visitor, visits, last_visit AS at FROM visits ORDER BY last_visit DESC, visitor LIMIT 20');
    const [count] = await query('SELECT count(*)::int AS total FROM visits');
    return { total: Number(count?.total), items };
  },

  async add(query, text) {
    const [visit] = await query(
      `INSERT INTO visits (visitor) VALUES ($1)
       ON CONFLICT (visitor) DO UPDATE SET visits = visits.visits + 1, last_visit = now()
       RETURNING visitor, visits, last_visit AS at`,
      [text],
    );
    return { ...visit };
  },
};
