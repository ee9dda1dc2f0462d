// The page of `taid open` in headless Chromium. usage: node page.mjs DIRECTORY HOME
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import readline from 'node:readline';
import { chromium } from 'playwright-core';

const [, , bin, home] = process.argv;

// Each request to this listener is a load that a mail caused.
const loads = [];
const trap = http.createServer((request, response) => {
  loads.push(request.url);
  response.end();
}).listen(0, '127.0.0.1');
await once(trap, 'listening');
const evil = `http://127.0.0.1:${trap.address().port}`;

// An MCP client without elicitation: its mails wait.
const shim = spawn(`${bin}/tai-mcp`, ['--home', home], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = readline.createInterface({ input: shim.stdout })[Symbol.asyncIterator]();
let id = 0;
async function request(method, params) {
  shim.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: ++id, method, params }) + '\n');
  for (;;) {
    const { value } = await answers.next();
    const answer = JSON.parse(value);
    if (answer.id === id) return answer.result;
  }
}
await request('initialize', {
  protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' },
});
shim.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
const hold = (text, format, to = 'bob@tai.chat') => request('tools/call', {
  name: 'send_email', arguments: { to, subject: 'Figures', content: text, format },
});

const open = spawn(`${bin}/taid`, ['--home', home, 'open', '--no-browser'], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = (await readline.createInterface({ input: open.stdout })[Symbol.asyncIterator]().next()).value;
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});
const context = await browser.newContext();
const page = await context.newPage();
const problems = [];
page.on('dialog', dialog => { problems.push('dialog'); dialog.dismiss(); });
const seen = async what => {
  await page.getByText(what, { exact: false }).first().waitFor({ timeout: 20_000 });
};

try {
  await hold('first text', 'markdown');
  await page.goto(url);
  await seen('Waiting for your approval');
  console.log('a second browser without the key sees nothing');
  const stranger = await (await browser.newContext()).newPage();
  for (const address of [url, page.url(), new URL(page.url()).origin + '/']) {
    const answer = await stranger.goto(address);
    assert.equal(answer.status(), 403, address);
    assert.ok(!/alice|bob|Figures/.test(await stranger.content()), address);
  }

  console.log('approve');
  await page.click('a.mail');
  await seen('first text');
  await page.click('button.send');
  await seen('Mail 1 was sent to bob@tai.chat.');

  console.log('change, then approve');
  await hold('second text', 'markdown');
  await page.click('nav a >> nth=0');
  await page.click('a.mail');
  await page.click('text=Change');
  await page.fill('textarea', 'changed <b>text</b>');
  await page.fill('input[name=subject]', 'Other figures');
  await page.click('button.send');
  await seen('changed by you');
  await page.click('button.send');
  await seen('was sent to bob@tai.chat.');

  console.log('discard');
  await hold('third text', 'markdown');
  await page.click('nav a >> nth=0');
  await page.click('a.mail');
  await page.click('button.discard');
  await seen('Nothing was sent.');

  console.log('a hostile mail loads and runs nothing');
  const hostile = `<p>hostile text</p><script>fetch('${evil}/script')</script>
    <img src="${evil}/img" onerror="fetch('${evil}/onerror')"><img src=x onerror=alert(1)>
    <style>@import url(${evil}/import); body { background: url(${evil}/style) }</style>
    <p style="background: url(${evil}/inline); position: fixed">styled</p>
    <link rel=stylesheet href="${evil}/link"><meta http-equiv=refresh content="0;url=${evil}/refresh">
    <form action="${evil}/form"><button class=send>Send</button></form><iframe src="${evil}/frame"></iframe>
    <svg><image href="${evil}/svg"/></svg><video src="${evil}/video"></video><base href="${evil}/base/">
    <a href="javascript:fetch('${evil}/javascript')">run</a> <a href="${evil}/followed">away</a>
    </pre></textarea><script>alert(2)</script>`;
  await hold(hostile, 'html', 'alice@tai.chat');
  await page.click('nav a >> nth=0');
  await page.click('a.mail');
  await seen('hostile text');
  const here = page.url();
  const framed = () => page.frames().find(frame => frame.url().endsWith('/html'));
  for (const until = Date.now() + 20_000; !framed() && Date.now() < until;) {
    await page.waitForTimeout(20);
  }
  const frame = framed();
  await frame.waitForLoadState();
  assert.ok((await frame.textContent('body')).includes('hostile text'));
  // Links of the mail lead nowhere, neither in the frame nor in the page.
  for (const link of ['run', 'away']) {
    await frame.click(`text=${link}`, { timeout: 2_000 }).catch(() => {});
  }
  await page.waitForLoadState('networkidle');
  assert.equal(page.url(), here);
  // The HTML part alone, as a page.
  await page.goto(frame.url().includes('/html') ? frame.url() : `${here}/html`);
  await page.waitForLoadState('networkidle');
  await page.goto(`${here}/edit`);
  await page.waitForLoadState('networkidle');
  assert.equal(await page.locator('form').count(), 1);

  console.log('a hostile mail in the inbox loads and runs nothing');
  await page.goto(here);
  await page.click('button.send');
  await seen('was sent to alice@tai.chat.');
  await page.click('nav a >> nth=1');
  await seen('Mail of all addresses');
  await page.click('td a');
  await seen('hostile text');
  await page.waitForLoadState('networkidle');
  await page.click('nav a >> nth=2');
  await seen('held in place of');
  assert.deepEqual(loads, []);
  assert.deepEqual(problems, []);
  console.log('page: ok');
} finally {
  await browser.close();
  for (const child of [open, shim]) child.kill();
  trap.close();
}
