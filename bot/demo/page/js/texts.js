/** The bot's markup and people's words, made into elements that can do no harm. */

import { h, pageLink } from './dom.js';
import { language } from './words.js';

const TAGS = { B: 'b', STRONG: 'b', I: 'i', EM: 'i', U: 'u', S: 's', CODE: 'code', PRE: 'pre', BLOCKQUOTE: 'blockquote', BR: 'br' };
const BARS = /([▇█]*[▁░]*)/u;
const BAR = /[▇█▁░]{3,}/gu;
const LINK = /https?:\/\/[^\s<>"'，。；！？（）、]+/giu;

/** What a message says: the bot's few tags are kept, everything else is plain text. */
export function spoken(message, acts) {
  const made = h('div.text', { dir: 'auto', lang: tongue(message.text ?? '') });
  if (!message.html) {
    made.append(...linked(message.text ?? '', acts));
    return made;
  }
  const parsed = new DOMParser().parseFromString(message.html, 'text/html');
  made.append(...safe(parsed.body, acts));
  return made;
}

/** What a text is written in, where it is not the page's language: for a voice that reads it. */
function tongue(text) {
  const chinese = /\p{Script=Han}/u.test(text);
  if (chinese === (language === 'zh_CN')) return null;
  return chinese ? 'zh-CN' : 'en';
}

function safe(parent, acts) {
  return [...parent.childNodes].flatMap((node) => {
    if (node.nodeName === 'BR' && node.previousSibling?.nodeName === 'BLOCKQUOTE') return []; // a block ends its line itself
    if (node.nodeType === Node.TEXT_NODE) return barred(node.data).flatMap((one) => (typeof one === 'string' ? linked(one, acts) : [one]));
    if (node.nodeType !== Node.ELEMENT_NODE) return [];
    if (node.tagName === 'A') return [anchor(node, acts)];
    const tag = TAGS[node.tagName];
    if (!tag) return safe(node, acts);
    if (tag === 'code' && /^[/、／]/u.test(node.textContent)) return [command(node.textContent, acts)];
    return [h(tag, {}, ...safe(node, acts))];
  });
}

function anchor(node, acts) {
  return led(node.getAttribute('href') ?? '', safe(node, acts), acts);
}

/** A link of the bot's own opens the private conversation here; any other one a page of its own. */
function led(href, inside, acts) {
  let url;
  try {
    url = new URL(href, location.href);
  } catch {
    return h('span', {}, ...inside);
  }
  if (!/^(https?|mailto):$/.test(url.protocol)) return h('span', {}, ...inside);
  const payload = url.searchParams.get('start');
  if (url.origin === location.origin && payload) {
    return h('button.link', { type: 'button', onclick: () => acts.start(payload) }, ...inside);
  }
  if (url.origin === location.origin) return pageLink('a', url.href, ...inside);
  return h('a', { href: url.href, target: '_blank', rel: 'noreferrer noopener' }, ...inside);
}

/** A command in a text is put into the composer with one tap; no <button>, which would tear punctuation off. */
function command(text, acts) {
  const run = () => acts.compose(text);
  const keyed = (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  const whole = text.length <= 24 ? '.whole' : '';
  return h(`code.command${whole}`, { role: 'button', tabindex: '0', onclick: run, onkeydown: keyed }, text);
}

function linked(text, acts) {
  const made = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    made.push(text.slice(from, match.index), led(match[0], [match[0]], acts));
    from = match.index + match[0].length;
  }
  return [...made, text.slice(from)];
}

/** Bars are characters in the text; here they are drawn, and still read and copied as text. */
function barred(text) {
  const made = [];
  let from = 0;
  for (const match of text.matchAll(BAR)) {
    const bar = match[0];
    const full = bar.match(BARS)[0].replace(/[▁░]/gu, '').length;
    made.push(text.slice(from, match.index).replace(/　$/u, ''));
    made.push(h('span.bar', { vars: { '--full': `${(100 * full) / bar.length}%` } }, h('span', {}, bar)));
    from = match.index + bar.length;
  }
  return [...made, text.slice(from)];
}

/** One line of a message, for a quote or the pinned bar. */
export function gist(message, fallback) {
  const line = (message.text ?? '').replace(BAR, '').replace(/\s+/gu, ' ').trim();
  return line || message.files?.[0]?.name || fallback;
}
