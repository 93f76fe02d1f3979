import type { Service } from '../../web-app/service.js';

export const notes: Service = {
  name: 'microservice1',
  title: 'Microservice 1: notes',
  about: 'Keeps short notes in a PostgreSQL of its own.',
  port: 5001,
  apiPath: '/api/service1',
  tables: `
    CREATE TABLE IF NOT EXISTS notes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      text text NOT NULL,
      created_at timestamptz NOT NULL DEFAULT now()
    );`,
  input: { field: 'text', label: 'Note', button: 'Add note', maxLength: 280 },

  async list(query) {
    const items = await query('SELECT id::int, text, created_at AS at FROM notes ORDER BY id DESC LIMIT 20');
    const [count] = await query('SELECT count(*)::int AS total FROM notes');
    return { total: Number(count?.total), items };
  },

  async add(query, text) {
    const [note] = await query('INSERT INTO notes (text) VALUES ($1) RETURNING id::int, text, created_at AS at', [text]);
    return { ...note };
  },
};
