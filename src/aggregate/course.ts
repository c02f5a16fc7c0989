/** Findings about the course of the window: times in which nothing was delivered, and a queue that does not empty. */
import { mean } from './change.ts';
import type { FindingFacts, Weighed } from './finding-facts.ts';
import { timeOf } from './time.ts';
import { type CourseStep, NOW, STEP } from './trend.ts';
import { counted, grouped, momentIn } from './wording.ts';

/** A pause of this many steps without a delivery, half an hour, is an outage if there was mail to deliver. */
const SHORTEST_OUTAGE = 6;
/** Mail that was there to be delivered meanwhile. */
const LEAST_MAIL = 20;
/** Deliveries that are usual at that time, where nothing came in either. */
const LEAST_USUAL = 30;

/** A queue is watched over at least an hour. */
const SHORTEST_COURSE = 12;

/** Gives the findings about the course. */
export function courseFindings(facts: FindingFacts): Weighed[] {
  return [...outages(facts), ...growingQueue(facts)];
}

function outages(facts: FindingFacts): Weighed[] {
  const { trend, covered, zone } = facts;
  const { course, usualCourse, origin } = trend;
  // Where hardly anything is ever delivered, a pause tells nothing.
  if (sumOf(course, 'delivered') < LEAST_MAIL) return [];
  const longest = pausesOf(course)
    .map(([begin, end]) => {
      const pause = course.slice(begin, end);
      const usual = covered.length === 0 ? 0 : total(usualCourse.slice(begin, end)) / covered.length;
      return { begin, end, usual, accepted: sumOf(pause, 'accepted'), failed: sumOf(pause, 'failed') };
    })
    .filter(
      ({ accepted, failed, usual }) =>
        accepted >= LEAST_MAIL || failed >= LEAST_MAIL || (covered.length >= 3 && usual >= LEAST_USUAL),
    )
    .sort((a, b) => b.end - b.begin - (a.end - a.begin))[0];
  if (longest === undefined) return [];
  const { begin, end, usual, accepted, failed } = longest;
  const [first, last] = [origin + begin * STEP, origin + end * STEP];
  const meanwhile = [
    ...(accepted > 0 ? [`${counted(accepted, 'recipient')} came in`] : []),
    ...(failed > 0 ? [`${counted(failed, 'attempt')} failed`] : []),
  ];
  const parallel = meanwhile.length === 0 ? '' : `, while ${meanwhile.join(' and ')}`;
  const known = covered.length >= 3 && usual >= 1;
  const before = known ? `; on earlier days ${grouped(Math.round(usual))} were delivered in these hours` : '';
  return [
    {
      finding: {
        id: 'outage',
        what: known ? 'new' : 'unknown',
        severity: 'critical',
        text:
          `Nothing was delivered from ${bare(momentIn(first, zone, trend))} to ` +
          `${bare(momentIn(last, zone, trend))}${parallel}${before}.`,
        evidence: {
          recipients: accepted,
          attempts: failed,
          messages: 0,
          before: known ? Math.round(usual) : null,
          days: known ? covered.length : 0,
          first: timeOf(first),
          last: timeOf(last),
        },
        who_acts: 'this server',
        next_step:
          'See what the mail server said of itself at that time, and whether network, DNS or disk were away: `journalctl --since` and `--until` of these hours.',
      },
      weight: 15 * Math.log2(end - begin),
    },
  ];
}

/** Runs of steps without a delivery that are long enough; beginning and end. */
function pausesOf(course: readonly CourseStep[]): [number, number][] {
  const pauses: [number, number][] = [];
  let begin = 0;
  for (let index = 0; index <= course.length; index++) {
    if (index < course.length && course[index]!.delivered === 0) continue;
    if (index - begin >= SHORTEST_OUTAGE) pauses.push([begin, index]);
    begin = index + 1;
  }
  return pauses;
}

/** Recipients that began to wait and still do, where their number is highest at the end. */
function growingQueue({ trend, zone }: FindingFacts): Weighed[] {
  const { course, origin } = trend;
  if (course.length < SHORTEST_COURSE) return [];
  let waiting = 0;
  const queue = course.map(({ queued }) => {
    waiting += queued;
    return waiting;
  });
  const most = queue.reduce((a, b) => Math.max(a, b), 0);
  const before = queue[Math.floor(course.length * 0.75)]!;
  if (waiting < LEAST_MAIL || waiting < 0.9 * most || waiting < 0.05 * trend.tried[NOW]!) return [];
  if (before > 0.8 * waiting) return [];
  const begin = queue.findLastIndex((count) => count <= 0.1 * waiting) + 1;
  const first = origin + begin * STEP;
  return [
    {
      finding: {
        id: 'queue',
        what: 'unknown',
        severity: 'warning',
        text:
          `The queue grew: ${counted(waiting, 'recipient')} more wait for another attempt at the end than at the ` +
          `beginning, most of them since ${bare(momentIn(first, zone, trend))}.`,
        evidence: {
          recipients: waiting,
          attempts: 0,
          messages: 0,
          before: null,
          days: 0,
          first: timeOf(first),
        },
        who_acts: 'this server',
        next_step:
          'See for whom it waits (`qshape deferred`, `exim -bp | exiqsumm`, `mailq`) and mend the causes below.',
      },
      weight: 5 * Math.log2(1 + waiting),
    },
  ];
}

/** Without the `at` or `on` that a sentence of its own would have. */
function bare(moment: string): string {
  return moment.replace(/^(?:at|on) /, '').replace(' at ', ' ');
}

function sumOf(steps: readonly CourseStep[], name: keyof CourseStep): number {
  return steps.reduce((sum, step) => sum + step[name], 0);
}

function total(counts: readonly number[]): number {
  return mean(counts) * counts.length;
}
