import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EVENT_JSON_SCHEMA } from '../../../src/event/schema.ts';

describe('the schema of events', () => {
  it('has the keys of DeliveryEvent, in the same order, and requires the same', () => {
    const source = readFileSync('src/event/event.ts', 'utf8');
    const body = /export interface DeliveryEvent \{(.*?)\n\}/s.exec(source)?.[1] ?? '';
    const keys = [...body.matchAll(/^ {2}(\w+)(\??):/gm)].map(([, name, optional]) => ({ name, optional }));
    expect(keys.map(({ name }) => name)).toEqual(Object.keys(EVENT_JSON_SCHEMA.properties));
    const required = keys.filter(({ optional }) => optional === '').map(({ name }) => name);
    expect([...EVENT_JSON_SCHEMA.required]).toEqual(required);
  });

  it('is the one in docs', async () => {
    const text = `${JSON.stringify(EVENT_JSON_SCHEMA, undefined, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../../../docs/event.schema.json');
  });
});
