/** The HTML page of `xacct docs` in a real browser: nothing is asked for from anywhere, keyboard and contrast are right in light and dark, nothing sticks out on a phone. */
import { readFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT } from '../support/child.ts';
import { describeWithPeers, pathOf } from '../support/peers.ts';

/** As much of playwright-core as is used here; the package is not among the project's own. */
interface Page {
  goto(url: string): Promise<unknown>;
  on(event: 'request', listener: (request: { url(): string }) => void): void;
  addScriptTag(options: { path: string }): Promise<unknown>;
  evaluate<T>(expression: string): Promise<T>;
  emulateMedia(options: { media: 'print' }): Promise<void>;
  pdf(): Promise<Uint8Array>;
  readonly keyboard: { press(key: string): Promise<void> };
  close(): Promise<void>;
}
interface Browser {
  newPage(options: object): Promise<Page>;
  close(): Promise<void>;
}
interface Playwright {
  readonly chromium: { launch(options: object): Promise<Browser> };
}

const PAGE = path.join(ROOT, 'test/golden/docs/all.html');

describeWithPeers(['chromium', 'playwright-core', 'axe-core'], 'the page in a browser', () => {
  let browser: Browser;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'xacct-page-'));
    // It lies somewhere alone, as a person gets it.
    await writeFile(path.join(folder, 'access.html'), await readFile(PAGE, 'utf8'));
    const { chromium } = createRequire(import.meta.url)(pathOf('playwright-core')) as Playwright;
    browser = await chromium.launch({ executablePath: pathOf('chromium'), args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const open = async (options: object): Promise<readonly [Page, readonly string[]]> => {
    const page = await browser.newPage(options);
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.goto(`file://${folder}/access.html`);
    return [page, asked];
  };

  test.each([
    ['light', { colorScheme: 'light', viewport: { width: 1200, height: 900 } }],
    ['dark', { colorScheme: 'dark', viewport: { width: 1200, height: 900 } }],
    ['narrow', { colorScheme: 'light', viewport: { width: 360, height: 800 } }],
  ])('%s: axe finds nothing, nothing is loaded, nothing sticks out', async (_, options) => {
    const [page, asked] = await open(options);
    expect(asked).toEqual([`file://${folder}/access.html`]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true);
    await page.addScriptTag({ path: pathOf('axe-core').replace(/axe\.js$/, 'axe.min.js') });
    const found = await page.evaluate<readonly { id: string }[]>(
      'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => ({ id, where: nodes.map(({ html }) => html) })))',
    );
    expect(found).toEqual([]);
    await page.close();
  });

  test('every text of the graph lies within its box', async () => {
    const [page] = await open({ viewport: { width: 1200, height: 900 } });
    const outside = await page.evaluate<readonly string[]>(
      "[...document.querySelectorAll('.graph g')].flatMap((g) => { const r = g.querySelector('rect').getBoundingClientRect(); return [...g.querySelectorAll('text')].filter((t) => t.getBoundingClientRect().right > r.right).map((t) => t.textContent); })",
    );
    expect(outside).toEqual([]);
    await page.close();
  });

  test('the keyboard reaches every link, graph and document', async () => {
    const [page] = await open({ viewport: { width: 1200, height: 900 } });
    const seen = new Set<string>();
    for (let i = 0; i < 40; i += 1) {
      await page.keyboard.press('Tab');
      seen.add(
        await page.evaluate<string>(
          "document.activeElement.localName + ' ' + (document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent.trim().slice(0, 12))",
        ),
      );
    }
    expect([...seen]).toEqual(
      expect.arrayContaining(['a dev', 'a prod', 'div Trust graph of dev', 'summary Trust policy', 'pre Trust policy']),
    );
    await page.close();
  });

  test('prints with every policy open', async () => {
    const [page] = await open({});
    await page.emulateMedia({ media: 'print' });
    expect(
      await page.evaluate(
        "[...document.querySelectorAll('pre')].every((pre) => pre.scrollWidth <= pre.clientWidth && pre.clientHeight > 0)",
      ),
    ).toBe(true);
    expect((await page.pdf()).length).toBeGreaterThan(10_000);
    await page.close();
  });
});
