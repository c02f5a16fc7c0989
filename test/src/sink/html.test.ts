import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Aggregate } from '../../../src/aggregate/aggregate.ts';
import { buildReport } from '../../../src/aggregate/build.ts';
import { html } from '../../../src/sink/html/markup.ts';
import { formatHtml, type HtmlOptions } from '../../../src/sink/html.ts';
import { BROWSER, launchBrowser } from '../../browser.ts';
import { TEN } from '../aggregate/events.ts';
import { HOSTILE, HOSTILE_TEXTS, withTexts } from './hostile.ts';
import { morning } from './morning.ts';

const OPTIONS: HtmlOptions = { top: 20, zone: 'Europe/Berlin' };
const report = morning();
const page = formatHtml(report, OPTIONS);

test('a morning as a page', async () => {
  await expect(page).toMatchFileSnapshot('__snapshots__/report.html');
});

test('a page of nothing is a page', () => {
  const nothing = buildReport(new Aggregate(), {
    now: TEN,
    inputs: [{ file: 'mail.log', lines: 0 }],
    lines: { read: 0, used: 0, ignored: 0, unparsed: 0 },
    evicted: 0,
  });
  const text = formatHtml(nothing, OPTIONS);
  expect(text).toContain('<h1>No mail was seen</h1>');
  expect(text).not.toMatch(/NaN|undefined|Infinity/);
});

test('the page has no script, no style attribute and no address of anything', () => {
  expect(page).not.toMatch(/<script|\sstyle=|\son\w+=|\ssrc=|url\(|@import/i);
  expect([...page.matchAll(/href="([^"]*)"/g)].map(([, href]) => href)).toSatisfy((hrefs: string[]) =>
    hrefs.every((href) => href.startsWith('#')),
  );
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('what is put into a template is escaped, also in lists; markup is not', () => {
  expect(html`<p title="${'"<'}">${['<b>', html`<i>${'&'}</i>`, false, undefined, 1]}</p>`.toString()).toBe(
    '<p title="&quot;&lt;">&lt;b&gt;<i>&amp;</i>1</p>',
  );
});

/** What a page did that it must not do. */
interface Deeds {
  requests: string[];
  complaints: string[];
  title: string;
  outline: string;
}

describe.skipIf(BROWSER === undefined)('in a browser (skipped where there is no chromium)', () => {
  let browser: Browser;
  let folder: string;
  let harmless: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'whybounce-html-'));
    browser = await launchBrowser();
    harmless = (await open(formatHtml(withTexts(report, ['harmless']), OPTIONS))).outline;
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Opens a page as a file, pokes at everything on it, and tells what it did. */
  async function open(text: string, poke?: (page: Page) => Promise<void>): Promise<Deeds> {
    const path = join(folder, 'report.html');
    writeFileSync(path, text);
    const context = await browser.newContext();
    const tab = await context.newPage();
    const requests: string[] = [];
    const complaints: string[] = [];
    // Nothing may leave the machine that the tests run on.
    await context.route(/^(?!file:)/, (route) => {
      requests.push(route.request().url());
      return route.abort();
    });
    tab.on('console', (message) => complaints.push(message.text()));
    tab.on('pageerror', (error) => complaints.push(String(error)));
    tab.on('dialog', (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await tab.goto(pathToFileURL(path).href);
    await tab.evaluate(() => {
      for (const element of document.querySelectorAll('details')) element.open = true;
      for (const element of document.querySelectorAll('body *')) {
        for (const name of ['mouseover', 'focus', 'click']) element.dispatchEvent(new Event(name));
      }
    });
    await tab.waitForTimeout(50);
    const { title, outline } = await tab.evaluate(() => ({
      title: document.title,
      outline: [...document.querySelectorAll('*')]
        // What stands between backticks is shown as code: all that a text can choose.
        .filter((element) => element.tagName !== 'CODE')
        .map((element) => [element.tagName, ...element.getAttributeNames()].join(' '))
        .join('\n'),
    }));
    await poke?.(tab);
    await context.close();
    return { requests, complaints, title, outline };
  }

  test('the page is as quiet as it says', async () => {
    const { requests, complaints } = await open(page);
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
  });

  test('the watch notices what a page does', async () => {
    const bare = `<!DOCTYPE html><title>t</title>${HOSTILE.script}${HOSTILE.image}<p title="${HOSTILE['double quotes']}">`;
    const { requests, title } = await open(bare);
    expect(requests).toContain('https://evil.example/script');
    expect(title).toBe('ran');
  });

  test('the policy stops what would get past the escaping', async () => {
    const { requests, complaints, title } = await open(
      page.replace(
        '<main>',
        `<main>${HOSTILE.script}${HOSTILE.image}${HOSTILE.css}</style><p style="color:red">`,
      ),
    );
    expect(requests).toEqual([]);
    expect(title).not.toBe('ran');
    expect(complaints.join('\n')).toMatch(/Content Security Policy/);
  });

  test.each([
    ['all in one', [HOSTILE_TEXTS.join(' ')]],
    ['each at the beginning of some', HOSTILE_TEXTS],
    ['each elsewhere', [...HOSTILE_TEXTS].reverse()],
  ])('nothing runs and nothing is fetched, whatever texts say: %s', async (_, texts) => {
    const { requests, complaints, title, outline } = await open(
      formatHtml(withTexts(report, texts), OPTIONS),
    );
    expect({ requests, complaints }).toEqual({ requests: [], complaints: [] });
    expect(title).not.toBe('ran');
    // The same elements with the same attributes: no text has become anything else.
    expect(outline).toBe(harmless);
  });

  test.each([390, 1280])('nothing is wider than a screen of %i', async (width) => {
    const long = formatHtml(withTexts(report, ['a'.repeat(300)]), OPTIONS);
    for (const text of [page, long]) {
      await open(text, async (tab) => {
        await tab.setViewportSize({ width, height: 844 });
        expect(await tab.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      });
    }
  });

  test('words can be read in both colour schemes and on paper', async () => {
    await open(page, async (tab) => {
      for (const media of [
        { colorScheme: 'light' },
        { colorScheme: 'dark' },
        { colorScheme: 'dark', media: 'print' },
      ] as const) {
        await tab.emulateMedia(media);
        expect(await tab.evaluate(faintTexts), JSON.stringify(media)).toEqual([]);
      }
    });
  });
});

/** Texts whose contrast to what is behind them is below 4.5 to 1 (WCAG 2.1, AA). Runs in the page. */
function faintTexts(): string[] {
  const rgb = (colour: string): number[] => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const luminance = (colour: string): number => {
    const [red = 0, green = 0, blue = 0] = rgb(colour).map((part) => {
      const share = part / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const backgroundOf = (element: Element | null): string => {
    for (let at = element; at !== null; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (rgb(colour)[3] !== 0) return colour;
    }
    return 'rgb(255, 255, 255)';
  };
  return [...document.querySelectorAll('body *')]
    .filter((element) =>
      [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim()),
    )
    .filter((element) => element.tagName !== 'title')
    .flatMap((element) => {
      const style = getComputedStyle(element);
      const [a, b] = [element.tagName === 'text' ? style.fill : style.color, backgroundOf(element)].map(
        luminance,
      ) as [number, number];
      const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
      return contrast < 4.5
        ? [`${element.tagName} ${contrast.toFixed(2)} ${element.textContent?.slice(0, 40)}`]
        : [];
    });
}
