// Compares readers with what Chromium shows, and prints a table. Usage:
// node measure.mjs FOLDER READING.json [NAME=OTHER.json ...], where FOLDER holds corpus.json and
// seen.json (of oracle.mjs), and each reading is `{"mail": {"markdown": "..."}}`.
// With LIMITS set, exits with 1 if the first reader exceeds a limit.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const [folder, ours, ...others] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(folder), 'x.cjs'));
const read = (file) => JSON.parse(fs.readFileSync(file, 'utf8'));
const corpus = read(path.join(folder, 'corpus.json'));
const seen = read(path.join(folder, 'seen.json'));
const readers = { reader: Object.fromEntries(Object.entries(read(ours)).map(([name, reading]) => [name, reading.markdown])) };
const notes = read(ours);

const Turndown = require('turndown');
const { gfm } = require('turndown-plugin-gfm');
const { convert } = require('html-to-text');
const { countTokens } = require('gpt-tokenizer');
const turndown = new Turndown();
turndown.use(gfm);
const each = (convert) => Object.fromEntries(corpus.map(({ name, html }) => {
  try { return [name, convert(html)]; } catch { return [name, '']; }
}));
readers.turndown = each((html) => turndown.turndown(html));
readers['html-to-text'] = each((html) => convert(html, { wordwrap: false }));
for (const other of others) {
  const [name, file] = other.split('=');
  readers[name] = read(file);
}

const invisible = /[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff]/gu;
const words = (text) => text.normalize('NFC').replace(invisible, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
const bag = (all) => {
  const counts = new Map();
  for (const word of all) counts.set(word, (counts.get(word) ?? 0) + 1);
  return counts;
};
const plain = (markdown) => markdown.replace(/\]\((?:[^()\s]|\([^()\s]*\))*(?:\s+"[^"]*")?\)/g, '] ').replace(/(?<=<)https?:[^\s>]*(?=>)/g, ' ').replace(/\\([^\p{L}\p{N}\s])/gu, '$1');

const judge = (mail, markdown) => {
  const shown = bag(words(plain(markdown)));
  const visible = bag(words(mail.vis));
  const extra = bag(words((mail.extra ?? []).join(' ')));
  let found = 0, all = 0;
  const lost = [];
  for (const [word, count] of visible) {
    const has = Math.min(count, shown.get(word) ?? 0);
    all += count; found += has;
    if (has < count) lost.push(word);
  }
  const hidden = bag(words(mail.hid.filter(([why]) => why !== 'notrendered').map(([, text]) => text).join(' ')));
  let leaked = 0, hid = 0;
  const leaks = [];
  for (const [word, count] of hidden) {
    const beyond = (shown.get(word) ?? 0) - (visible.get(word) ?? 0) - (extra.get(word) ?? 0);
    const leak = Math.max(0, Math.min(count, beyond));
    hid += count; leaked += leak;
    if (leak) leaks.push(word);
  }
  return { found, all, leaked, hid, lost, leaks };
};

const rows = [];
const bad = [];
const totals = {};
for (const [reader, outputs] of Object.entries(readers)) {
  const sources = {};
  for (const { name } of corpus) {
    const mail = seen[name];
    if (!mail || mail.error) continue;
    const markdown = outputs[name] ?? '';
    const result = judge(mail, markdown);
    const tokens = countTokens(markdown, { disallowedSpecial: new Set() });
    for (const source of [name.split('/')[0], 'all']) {
      const sum = (sources[source] ??= { mails: 0, found: 0, all: 0, leaked: 0, hid: 0, bytes: 0, tokens: 0, below: 0, empty: 0, falsely: 0, worst: 1, noted: 0 });
      const recall = result.all ? result.found / result.all : 1;
      sum.mails += 1;
      for (const key of ['found', 'all', 'leaked', 'hid']) sum[key] += result[key];
      sum.bytes += Buffer.byteLength(markdown);
      sum.tokens += tokens;
      sum.below += recall < 0.9 ? 1 : 0;
      sum.empty += result.all && !markdown.trim() ? 1 : 0;
      sum.worst = Math.min(sum.worst, recall);
      const notedHidden = reader === 'reader' && notes[name]?.hidden > 0;
      sum.noted += notedHidden ? 1 : 0;
      if (notedHidden && result.hid === 0) {
        sum.falsely += 1;
        if (source !== 'all') bad.push(`${name}: false note`);
      }
    }
    if (reader === 'reader' && (result.lost.length || result.leaks.length)) {
      bad.push(`${name}: ${result.found}/${result.all} lost ${result.lost.slice(0, 12).join(' ')}; ${result.leaked}/${result.hid} leaked ${result.leaks.slice(0, 12).join(' ')}`);
    }
  }
  totals[reader] = sources;
  for (const [source, sum] of Object.entries(sources)) {
    rows.push({ reader, source, mails: sum.mails, recall: `${(100 * sum.found / sum.all).toFixed(2)} %`, worst: `${(100 * sum.worst).toFixed(0)} %`, 'below 90 %': sum.below, empty: sum.empty, leak: sum.hid ? `${(100 * sum.leaked / sum.hid).toFixed(2)} %` : '-', bytes: sum.bytes, tokens: sum.tokens, 'false notes': sum.falsely });
  }
}
if (process.env.VERBOSE) console.log(bad.join('\n'));
console.table(process.env.VERBOSE ? rows.filter((row) => row.reader === 'reader') : rows);
const times = Object.values(notes).map((reading) => reading.micros).sort((a, b) => a - b);
const lowest = corpus
  .filter(({ name }) => seen[name] && !seen[name].error)
  .map(({ name }) => ({ name, ...judge(seen[name], readers.reader[name] ?? '') }))
  .filter((result) => result.all)
  .sort((a, b) => a.found / a.all - b.found / b.all)
  .slice(0, 10);
console.log('lowest recall:', lowest.map(({ name, found, all }) => `${name} ${found}/${all}`).join(', '));
console.log(`time per mail: median ${times[times.length >> 1]} us, longest ${times.at(-1)} us`);

if (process.env.LIMITS) {
  const { all, ...sources } = totals.reader;
  const limits = {
    'recall of all below 99.7 %': all.found < 0.997 * all.all,
    'recall of a source below 99 %': Object.values(sources).some((sum) => sum.found < 0.99 * sum.all),
    'a mail below 90 %, or empty': all.below + all.empty > 0,
    'hidden words shown above 0.5 %': all.leaked > 0.005 * all.hid,
    'false notes above 1 %': all.falsely > 0.01 * all.mails,
    'more than half of the tokens of turndown': all.tokens > 0.5 * totals.turndown.all.tokens,
  };
  for (const [limit, exceeded] of Object.entries(limits)) {
    if (exceeded) console.log(`exceeded: ${limit}`);
  }
  if (Object.values(limits).includes(true)) {
    console.log(bad.join('\n'));
    process.exitCode = 1;
  }
}
