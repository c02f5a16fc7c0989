import { expect, it } from 'vitest';
import { EVENT_JSON_SCHEMA } from '../../../src/event/schema.ts';
import { MIGRATIONS, migrate, requireCurrent, versionOf } from '../../../src/store/migrations.ts';
import { EVENT_COLUMNS } from '../../../src/store/records.ts';
import { store } from './engine.ts';

it('steps are numbered without gaps, from the first that was released', () => {
  expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 4));
});

it('events have the columns of the contract, in its order', () => {
  const fields = Object.keys(EVENT_JSON_SCHEMA.properties).filter((name) => name !== 'schema');
  expect(EVENT_COLUMNS.map(({ name }) => name)).toEqual(fields);
});

it('an empty store is no store', async () => {
  expect(await versionOf(store)).toBe(0);
  await expect(requireCurrent(store)).rejects.toMatchObject({ fault: 'missing' });
});

it('makes the tables once', async () => {
  expect(await migrate(store)).toHaveLength(MIGRATIONS.length);
  expect(await migrate(store)).toEqual([]);
  await requireCurrent(store);
});

it('goes on where it was interrupted', async () => {
  await store.command('TRUNCATE TABLE migrations');
  await store.command('DROP TABLE sources');
  expect(await migrate(store)).toHaveLength(MIGRATIONS.length);
  expect((await store.ask('SELECT count() FROM sources')).rows).toEqual([[0]]);
});

it('makes statements for a server and for a cluster that ClickHouse understands', async () => {
  for (const layout of [{}, { keepDays: 90 }, { cluster: "it's" }, { cluster: 'mail', keepDays: 30 }]) {
    for (const statement of MIGRATIONS.flatMap((each) => each.statements(layout, false))) {
      const { rows } = await store.ask('SELECT formatQuerySingleLine({statement:String})', { statement });
      const text = String(rows[0]![0]);
      if (layout.cluster === undefined) expect(text).not.toContain('CLUSTER');
      else expect(text).toMatch(/ON CLUSTER .* (ENGINE = (Replicated|Distributed)|AS SELECT)/);
      if (layout.keepDays !== undefined && /records(_local)?`? .*MergeTree/.test(text))
        expect(text).toContain('TTL');
    }
  }
});
