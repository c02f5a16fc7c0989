/** Tells of failures that no delivery to the same address followed, out of a store, without a look at all that went well. */
import type { Window } from '../aggregate/aggregate.ts';
import type { TrackSink } from '../track/event.ts';
import { requireCurrent } from './migrations.ts';
import { bounds, inside, REPLAY_COLUMNS, replay } from './replay.ts';
import { storedSources } from './sources.ts';
import type { Cell, Store } from './store.ts';

/** Where a row is: the source's position, the byte of the line, and which of the line's rows. */
type Place = readonly [source: number, line: number, part: number];

/**
 * Tells a sink of such failures, in their order.
 * @param causes what they failed for
 */
export async function tellUndelivered(
  store: Store,
  sink: TrackSink,
  causes: readonly string[],
  window: Window,
  stop: AbortSignal,
): Promise<void> {
  await requireCurrent(store);
  const sources = await storedSources(store);
  const condition = `type = 'delivery' AND NOT hop AND has({causes:Array(String)}, cause) AND ${inside(window)}`;
  const parameters = { ...bounds(window), causes };
  // Of addresses in other letters than these the engine may make other small letters than we do.
  const { rows } = await store.ask(
    `SELECT \`to\`, max((indexOf([${sources.map(({ id }) => `toUInt64(${id})`).join(', ')}], source_id) - 1, line, part)) ` +
      "FROM records WHERE type = 'delivery' AND NOT hop AND status = 'delivered' AND `to` IS NOT NULL " +
      `AND ${inside(window)} AND (length(\`to\`) != lengthUTF8(\`to\`) OR lower(\`to\`) GLOBAL IN ` +
      `(SELECT lower(\`to\`) FROM records WHERE ${condition})) GROUP BY \`to\``,
    parameters,
  );
  const delivered = new Map<string, Place>();
  for (const [to, place] of rows) {
    const address = String(to).toLowerCase();
    const [source, line, part] = (place as unknown as readonly Cell[]).map(Number) as [
      number,
      number,
      number,
    ];
    const latest: Place = [source, line, part];
    if (isAfter(latest, delivered.get(address))) delivered.set(address, latest);
  }
  const tells = (row: readonly Cell[], source: number): boolean => {
    const place: Place = [source, Number(row[LINE]), Number(row[PART])];
    return isAfter(place, delivered.get(String(row[RECIPIENT]).toLowerCase()));
  };
  await replay(store, sources, sink, { only: { condition, parameters }, tells, stop });
}

const LINE = REPLAY_COLUMNS.indexOf('line');
const PART = REPLAY_COLUMNS.indexOf('part');
const RECIPIENT = REPLAY_COLUMNS.indexOf('`to`');

function isAfter(place: Place, other: Place | undefined): boolean {
  if (other === undefined) return true;
  const differs = place.findIndex((number, index) => number !== other[index]);
  return differs >= 0 && place[differs]! > other[differs]!;
}
