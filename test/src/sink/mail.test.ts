import { hostname } from 'node:os';
import PostalMime from 'postal-mime';
import { describe, expect, test } from 'vitest';
import { defang, defangReport, OWN_TEXTS } from '../../../src/sink/mail/defang.ts';
import { formatMail, type MailOptions } from '../../../src/sink/mail.ts';
import { formatText } from '../../../src/sink/text.ts';
import fc from '../../property.ts';
import { HOSTILE_TEXTS, withTexts } from './hostile.ts';
import { morning } from './morning.ts';

const OPTIONS: MailOptions = {
  to: ['postmaster', 'ops@example.org'],
  from: undefined,
  top: 10,
  by: 'cause',
  zone: 'Europe/Berlin',
};
const report = morning();

/** What fills filters' own tests: a message that has it must be stopped (SpamAssassin's GTUBE). */
const GTUBE = 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X';

test('a morning', async () => {
  // The ids are hashes of the whole report, of which a mail shows a part.
  const mail = (await formatMail(report, OPTIONS))
    .replaceAll(/[0-9a-f]{32}/g, 'hash')
    .replaceAll(`@${hostname()}>`, '@host>');
  await expect(mail).toMatchFileSnapshot('__snapshots__/report.eml');
});

test('another program reads the same', async () => {
  const mail = await formatMail(report, { ...OPTIONS, from: 'cron@example.org' });
  const { subject, from, date, text, html, headers, messageId, attachments } = await PostalMime.parse(mail);
  expect(subject).toBe('whybounce: 104 of 800 recipients failed (13 %), 9 Nov 2026');
  expect(from?.address).toBe('cron@example.org');
  expect(Date.parse(date!)).toBe(Date.parse(report.generated_at));
  expect(messageId).toMatch(/^<[0-9a-f]{32}@.+>$/);
  const values = Object.fromEntries(headers.map(({ key, value }) => [key, value]));
  expect(values).toMatchObject({
    'auto-submitted': 'auto-generated',
    'mime-version': '1.0',
    to: '<postmaster>, ops@example.org',
  });
  expect(values['content-type']).toMatch(/^multipart\/alternative;/);
  const shown = formatText(defangReport(report), { ...OPTIONS, width: 76, colour: false, unicode: true });
  expect(text?.trimEnd()).toBe(shown.trimEnd());
  expect(html).toContain('<h1 style="margin:8px 0;font-size:22px;line-height:1.25">104 of 800');
  expect(attachments).toEqual([]);
});

test.each([
  ['2026-11-08T23:00:00Z', '2026-11-09T23:00:00Z', '9 Nov 2026'],
  ['2026-11-08T23:00:00Z', '2026-11-15T23:00:00Z', '9 Nov 2026 to 15 Nov 2026'],
])('the subject names the days from %s to %s', async (from, to, days) => {
  const { subject } = await PostalMime.parse(await formatMail({ ...report, window: { from, to } }, OPTIONS));
  expect(subject).toBe(`whybounce: 104 of 800 recipients failed (13 %), ${days}`);
});

test('the same report gives the same bytes', async () => {
  expect(await formatMail(report, OPTIONS)).toBe(await formatMail(report, OPTIONS));
});

describe('texts of a log', () => {
  test('make no header, no part and no long line', async () => {
    const headersOf = async (texts: readonly string[]): Promise<string[]> => {
      const mail = await formatMail(withTexts(report, texts), OPTIONS);
      expect(mail).toMatch(/^[\n\x20-\x7e]*$/);
      expect(Math.max(...mail.split('\n').map((line) => line.length))).toBeLessThanOrEqual(78);
      const { headers, attachments } = await PostalMime.parse(mail);
      expect(attachments).toEqual([]);
      expect(mail.match(/^Content-Type: /gm)).toHaveLength(3);
      return headers.map(({ key }) => key).sort();
    };
    expect(await headersOf(HOSTILE_TEXTS)).toEqual(await headersOf(['harmless']));
    expect(await headersOf([HOSTILE_TEXTS.join('\r\n')])).toEqual(await headersOf(['harmless']));
  });

  test('can neither be clicked nor taken for spam', async () => {
    const reply = `550 see http://evil.example/x HTTPS://evil.example or write to bob@evil.example ${GTUBE}`;
    const { text = '', html = '' } = await PostalMime.parse(
      await formatMail(withTexts(report, [reply], OWN_TEXTS), OPTIONS),
    );
    for (const part of [text, html]) {
      expect(part).not.toMatch(
        /https?:\/\/evil|bob@|evil\.example|GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL\*C\.34X/i,
      );
    }
    expect(html).not.toMatch(/<(a|img|script|link|style|iframe|svg|form|input)\b|\s(href|src)=|url\(/i);
    expect(text).toContain('hxxp://evil[dot]example/x');
  });

  test('keep their meaning where nothing is to be feared', () => {
    expect(defang('550 5.1.1 <bob@mx1.example.org>: no. Try 192.0.2.1 at 10.30')).toBe(
      '550 5.1.1 <bob[at]mx1[dot]example[dot]org>: no. Try 192.0.2.1 at 10.30',
    );
  });

  test('have no address, link or name left, whatever they are', () => {
    const piece = fc.constantFrom(
      'http://',
      'https://',
      'a',
      'example',
      '.',
      '.org',
      '@',
      '-',
      '_',
      '1',
      ' ',
      'ü',
      'x'.repeat(70),
    );
    fc.assert(
      fc.property(
        fc.array(piece).map((pieces) => pieces.join('')),
        (text) => {
          const safe = defang(text);
          expect(safe).not.toMatch(/@|https?:\/\/|[\p{L}\p{N}_-]\.\p{L}{2}|\S{62}/iu);
        },
      ),
    );
  });
});
