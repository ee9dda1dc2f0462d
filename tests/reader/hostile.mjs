// Judges the lists of hidden text (daemon/reader/tests/hiding) again: the picture that Chromium draws
// of a mail does not depend on the letters of a hidden word. Prints the lines whose judgement is
// another one, and exits with 1 if there are some. Usage: node hostile.mjs LISTS FOLDER [STEP], where
// FOLDER holds playwright-core, and only every STEPth line is judged.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [lists, folder, step = '1'] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'x.cjs'));
const { chromium } = require('playwright-core');

const probe = 'qprobeq';
const whole = (body) => `<!DOCTYPE html><html><head><meta charset=utf-8></head><body><p>shown before</p>${body}<p>shown after</p></body></html>`;
const forms = {
  block: (style) => whole(`<div style="${style.replaceAll('"', '&quot;')}">${probe}</div>`),
  span: (style) => whole(`<p>shown in <span style="${style.replaceAll('"', '&quot;')}">${probe}</span> the line</p>`),
  places: whole,
  mails: (body) => body.replace(/\\(.)/g, (_, c) => ({ n: '\n', t: '\t', 0: '\0' })[c] ?? c),
};

const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--font-render-hinting=none'] });
const context = await browser.newContext({ javaScriptEnabled: false, viewport: { width: 800, height: 1000 } });
await context.route('**/*', (route) => route.abort());
const page = await context.newPage();
const picture = async (html, word) => {
  // Letters of one width keep the layout the same.
  const font = '<style>*{font-family:monospace;animation-play-state:paused}</style>';
  const start = html.includes('<head>') ? '<head>' : /^(<!DOCTYPE html>)?/;
  // A document keeps the mode of the one before it.
  if (!html.startsWith('<!DOCTYPE')) await page.goto('about:blank');
  await page.setContent(html.replaceAll(probe, word).replace(start, `$&${font}`), { waitUntil: 'domcontentloaded' });
  const drawn = await page.screenshot({ animations: 'disabled', caret: 'hide' });
  if (!html.startsWith('<!DOCTYPE')) await page.goto('about:blank');
  return drawn;
};

const counts = {};
let at = 0;
for (const [list, form] of Object.entries(forms)) {
  for (const line of fs.readFileSync(path.join(lists, `${list}.txt`), 'utf8').split('\n')) {
    if (!line || line.startsWith('#') || at++ % Number(step) !== 0) continue;
    const [judgement, name, body] = line.split('\t');
    const html = form(body ?? name);
    const hidden = (await picture(html, 'mwMWmwQ')).equals(await picture(html, 'iljtfir'));
    counts[judgement] = (counts[judgement] ?? 0) + 1;
    if (judgement === 'open') {
      console.log(`open: ${list} ${name} (${hidden ? 'hidden' : 'shown'} by Chromium)`);
    } else if ((judgement === 'hidden') !== hidden) {
      process.exitCode = 1;
      console.log(`other judgement: ${list} ${name} is ${hidden ? 'hidden' : 'shown'}, not ${judgement}`);
    }
  }
}
await browser.close();
console.log(counts);
