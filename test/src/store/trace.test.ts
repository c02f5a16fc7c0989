/** Traces out of a store: the same events and sentences as out of the logs that it was loaded from. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { Analysis } from '../../../src/analysis.ts';
import { Classifier } from '../../../src/cause/classifier.ts';
import { CauseStage } from '../../../src/cause/stage.ts';
import type { DeliveryEvent } from '../../../src/event/event.ts';
import { Screen } from '../../../src/sink/screen.ts';
import { formatTrace, formatTraceJson } from '../../../src/sink/trace.ts';
import { Archive } from '../../../src/store/archive.ts';
import { migrate } from '../../../src/store/migrations.ts';
import { SENT_COLUMNS } from '../../../src/store/records.ts';
import { Rows } from '../../../src/store/rows.ts';
import { writeSource } from '../../../src/store/sources.ts';
import { traceStored } from '../../../src/store/trace.ts';
import { Query } from '../../../src/trace/query.ts';
import { feed, LATEST, read } from '../reading.ts';
import { traced } from '../trace/tracing.ts';
import { store } from './engine.ts';

const classifier = new Classifier();
const running = new AbortController().signal;

/** Puts a log alone into the store. */
async function load(log: Buffer | string): Promise<void> {
  await store.command('TRUNCATE TABLE records');
  await store.command('TRUNCATE TABLE sources');
  const source = {
    id: '7',
    head: 'x',
    name: 'log.0',
    mta: 'postfix',
    lines: 1,
    used: 1,
    ignored: 0,
  } as const;
  await writeSource(store, { ...source, unparsed: 0, evicted: 0, bytes: 1, first: LATEST, last: LATEST });
  const rows = new Rows(SENT_COLUMNS);
  const archive = new Archive({
    files: [source.name],
    sourceIds: [source.id],
    place: () => analysis.currentPlace,
    line: () => analysis.currentLine,
    take: ({ values }) => rows.add(values),
  });
  const analysis: Analysis = new Analysis(new CauseStage(classifier, archive), { zone: 'UTC' });
  analysis.begin(LATEST);
  feed(analysis, log);
  await store.insert('records', rows);
}

// biome-ignore lint/suspicious/noExplicitAny: tests look at parts of the document
async function stored(what: string, window = {}): Promise<{ json: any; text: string }> {
  const query = new Query(what);
  const { trace, files } = await traceStored(store, query, window, running);
  const context = { query, files, store: 'chdb:./mail', isWindow: false, interrupted: false };
  const text = formatTrace(trace, context, new Screen({ width: 80, colour: false, unicode: true }));
  return { text, json: JSON.parse(formatTraceJson(trace, context)) };
}

/** What both can tell: messages that have events, with all but their lines; refusals. */
// biome-ignore lint/suspicious/noExplicitAny: as above
function told({ messages, refusals }: any): unknown {
  return {
    messages: messages
      .filter(({ events }: { events: unknown[] }) => events.length > 0)
      // Of messages that began at once, that one stands first whose first line is the earlier; here, whose first event.
      .sort((a: { events: DeliveryEvent[] }, b: { events: DeliveryEvent[] }) =>
        a.events[0]!.event_id < b.events[0]!.event_id ? -1 : 1,
      )
      // biome-ignore lint/suspicious/noExplicitAny: as above
      .map(({ queue_ids, message_id, from, size, recipients, verdict, events }: any) => ({
        ...{ from, size, recipients, verdict },
        // A store does not tell an empty message-id from none.
        message_id: message_id || undefined,
        events: events.map((event: DeliveryEvent) => ({
          ...event,
          message_id: event.message_id || undefined,
        })),
        // A refusal does not say which instance it was of, as its line does.
        queue_ids: queue_ids.map(({ instance, ...rest }: { instance: string }) => rest),
      })),
    refusals: { verdicts: refusals.verdicts, events: refusals.events },
  };
}

/** Some of all values, spread evenly. */
function sample(values: Iterable<string | undefined>, count: number): string[] {
  const all = [...new Set(values)].filter((value) => value !== undefined && value.length >= 3) as string[];
  const step = Math.max(1, Math.floor(all.length / count));
  return all.filter((_, index) => index % step === 0);
}

beforeAll(async () => {
  await migrate(store);
});

describe.each(['postfix', 'exim', 'sendmail'])('a day of %s', (mta) => {
  const log = readFileSync(`fixtures/${mta}/2026-11-23.log`);
  const events: DeliveryEvent[] = read(log).events;

  beforeAll(() => load(log));

  it.each([
    [
      'queue ids',
      sample(
        events.map(({ queue_id }) => queue_id),
        6,
      ),
    ],
    [
      'message-ids',
      sample(
        events.map(({ message_id }) => message_id),
        3,
      ),
    ],
    [
      'recipients',
      sample(
        events.map(({ to }) => to),
        3,
      ),
    ],
    [
      'senders',
      sample(
        events.map(({ from }) => from),
        3,
      ),
    ],
  ])('ends as the trace of the log does: %s', async (_, whats) => {
    expect(whats.length).toBeGreaterThan(2);
    for (const what of whats) {
      expect(told((await stored(what)).json), what).toEqual(told(traced(what, [log]).json));
    }
  });
});

describe('a message that a content filter gave back under another queue id, and that bounced', () => {
  const log = readFileSync('fixtures/postfix/filtered.log');
  beforeAll(() => load(log));

  it.each([
    ['its first queue id', '4jYHcX1hS0zKQ9X'],
    ['its second', '4jYHcX2MqxzKQ9d'],
    ['the one of the notice', '4jYHcX2lrYzKQKc'],
    ['a part of one', '4jYHcX1hS'],
    ['its message-id', '<20261123.0600.2ug7p@lab.test>'],
    ['a part of that in capitals', '.2UG7P@'],
    ['its recipient', 'filt.remote3@corp-a.test'],
    ['its recipient before the alias', 'filtered3@virt'],
  ])('is found whole by %s', async (_, what) => {
    const { json } = await stored(what);
    expect(json.messages).toHaveLength(1);
    expect(told(json)).toEqual(told(traced(what, [log]).json));
  });

  it('is shown by its events, and the page says that there are no lines', async () => {
    const { text } = await stored('4jYHcX1hS0zKQ9X');
    expect(text).toMatch(
      /^chdb:\.\/mail has no log lines: these are the events of each message\.\n\nMessage 4jYHcX1hS0/,
    );
    expect(text).toMatch(
      /\n {2}\S+Z mx1 4jYHcX2MqxzKQ9d: bounced, to filt\.remote3@corp-a\.test, by mx\.corp-a\.test: /,
    );
    expect(text).toMatch(/What to do: [^\n]+(\n {2}[^\n]+)*\n$/);
  });

  it('is not found in another time, and by a short part only where the log finds it, too', async () => {
    const after = { from: Date.UTC(2026, 11, 24) };
    expect((await stored('4jYHcX1hS0zKQ9X', after)).json.messages).toEqual([]);
    expect(told((await stored('4jYHc')).json)).toEqual(told(traced('4jYHc', [log]).json));
    expect((await stored('4jYHcX1hS0zKQ9X', { until: Date.UTC(2026, 10, 24) })).json.messages).toHaveLength(
      1,
    );
  });

  it.each(["'; DROP TABLE records; --", "\\' OR 1 = 1 --", '{what:String}', '%_%', 'a\tb\nc'])(
    'what is looked for is text, whatever is in it: %j',
    async (what) => {
      const { json, text } = await stored(what);
      expect(json).toMatchObject({ messages: [], complete: true });
      expect(text).toContain('Nothing found: no message in chdb:./mail has');
    },
  );
});

it('what other servers, and nothing that a row holds, tie to it is left out', async () => {
  const at = (second: number, text: string): string =>
    `2026-11-23T10:00:0${second}+00:00 mx1 postfix/${text}\n`;
  await load(
    at(0, 'qmgr[1]: 4jYHcX1hS0zKQ9X: from=<a@lab.test>, size=1, nrcpt=1 (queue active)') +
      at(
        1,
        'smtp[2]: 4jYHcX1hS0zKQ9X: to=<b@far.test>, relay=mx.far.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 4jYHcX2MqxzKQ9d)',
      ) +
      at(2, 'qmgr[1]: 4jYHcX2MqxzKQ9d: from=<c@lab.test>, size=1, nrcpt=1 (queue active)') +
      at(
        3,
        'smtp[2]: 4jYHcX2MqxzKQ9d: to=<d@far.test>, relay=mx.far.test[192.0.2.1]:25, delay=1, delays=0/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)',
      ),
  );
  const { json } = await stored('4jYHcX1hS0zKQ9X');
  expect(json.messages.map(({ queue_ids }: { queue_ids: object[] }) => queue_ids)).toEqual([
    [expect.objectContaining({ queue_id: '4jYHcX1hS0zKQ9X' })],
  ]);
});
