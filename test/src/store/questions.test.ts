import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { migrate } from '../../../src/store/migrations.ts';
import { answer, askFreely, QUESTIONS } from '../../../src/store/questions.ts';
import { store } from './engine.ts';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly rawSql: string }[];
}

const { panels } = JSON.parse(readFileSync('docs/grafana.json', 'utf8')) as { panels: Panel[] };

it.each(panels.map((panel) => [panel.title, panel] as const))(
  'the panel "%s" asks what the store can answer',
  async (_, panel) => {
    await migrate(store);
    for (const { rawSql } of panel.targets) {
      const sql = rawSql.replaceAll('$__timeFilter(time)', "time >= '2026-11-01' AND time < '2026-12-01'");
      expect((await store.ask(sql)).columns.length).toBeGreaterThan(0);
    }
  },
);

it.each(QUESTIONS)('the question $name can be asked of an empty store', async (question) => {
  await migrate(store);
  const time = Date.UTC(2026, 10, 23);
  expect(await answer(store, question, { from: time, until: time + 1, top: 5 })).toMatchObject({ rows: [] });
});

it.each([
  ['SELECT * FROM evnts', 'its tables are events, migrations, records, sources'],
  ['SELECT 1; SELECT 2', 'give one SELECT and nothing else'],
  ['DROP TABLE records', 'give one SELECT and nothing else'],
  ['SELECT foo FROM events', "WHERE table = 'events'"],
])('tells what to do about %s', async (statement, hint) => {
  await migrate(store);
  await expect(askFreely(store, statement)).rejects.toMatchObject({ hint: expect.stringContaining(hint) });
});
