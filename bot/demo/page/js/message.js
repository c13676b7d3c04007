/** One message as it is seen: name, quote, files, words, buttons, and what became of it. */

import { cardOf } from './card.js';
import { h, icon, iconButton } from './dom.js';
import { hue, nameOf, person, state } from './state.js';
import { gist, spoken } from './texts.js';
import { clockTime, fullTime } from './times.js';
import { t } from './words.js';

const SIZES = ['B', 'KB', 'MB'];

export function size(bytes) {
  let at = 0;
  let rest = bytes;
  while (rest >= 1000 && at < SIZES.length - 1) {
    rest /= 1000;
    at += 1;
  }
  return `${at ? rest.toFixed(1) : rest} ${SIZES[at]}`;
}

export function initials(name) {
  if (/^[\p{Script=Han}]/u.test(name)) return [...name][0];
  return name.split(/\s+/u).slice(0, 2).map((word) => [...word][0] ?? '').join('').toUpperCase();
}

export function avatar(by, name = nameOf(by)) {
  if (by === 'bot') return h('span.avatar.bot', { 'aria-hidden': 'true' }, h('img', { src: '/static/logo.svg', alt: '' }));
  return h('span.avatar', { 'aria-hidden': 'true', data: { hue: hue(by) } }, initials(name));
}

/** The element of a message. `acts` says what a tap does; `find` gives a message by its reference. */
export function drawn(message, acts, find) {
  const own = message.by === state.as;
  const side = own ? 'own' : 'theirs';
  const element = h(`article.msg.${side}`, {
    tabindex: '-1',
    data: { ref: message.ref, by: message.by, state: message.sending ?? '' },
    'aria-label': spokenLabel(message),
  });
  if (message.removed) element.classList.add('removed');
  element.append(own ? '' : avatar(message.by, message.name));
  const card = message.removed ? null : cardOf(message, acts, meta(message));
  const stack = h('div.stack', {}, card ?? bubble(message, acts, find, own));
  if (!message.removed && !message.card && message.keys?.length) stack.append(keys(message, acts));
  if (!message.removed && message.reactions?.length) stack.append(reactions(message));
  if (message.sending === 'failed') stack.append(failed(message, acts));
  element.append(stack);
  if (!message.sending) {
    element.append(iconButton('more', t('message_menu'), (event) => acts.menu(message, event.currentTarget), { className: 'msg-more', tabindex: '-1', 'aria-haspopup': 'menu' }));
  }
  return element;
}

function spokenLabel(message) {
  return t('message_by', { name: message.name || nameOf(message.by), time: clockTime(message.at) });
}

function bubble(message, acts, find, own) {
  const made = h('div.bubble', {});
  if (!own) made.append(who(message));
  if (message.removed) made.append(gone(message, own));
  else if (message.reply_to) made.append(quote(message.reply_to, acts, find));
  if (!message.removed || own) {
    made.append(...(message.files ?? []).map((file) => attached(file, acts)));
    if (message.text || message.html) made.append(spoken(message, acts));
  }
  const text = made.querySelector('.text');
  (text && !message.removed ? text : made).append(meta(message));
  if (message.files?.length && !message.text && !message.removed) made.classList.add('bare');
  return made;
}

function who(message) {
  const name = message.name || nameOf(message.by);
  const made = h('header.who', {}, h('b.name', { data: message.by === 'bot' ? { bot: '' } : { hue: hue(message.by) } }, name));
  const label = message.by === 'bot' ? t('bot_tag') : message.tag;
  if (label && label !== name) made.append(h('span.tag', {}, label));
  return made;
}

function gone(message, own) {
  const { by, why } = message.removed;
  const title = by === 'bot' ? t('removed_by_bot', { bot: state.bot.name }) : t('removed_by_author');
  return h('div.gone', {}, icon('trash'), h('div', {}, h('p.gone-title', {}, title), why && h('p.gone-why', {}, why), own && message.text && h('p.gone-own', {}, t('removed_own'))));
}

function quote(ref, acts, find) {
  const quoted = find(ref);
  if (!quoted) return h('div.quote.lost', {}, t('quote_gone'));
  const name = quoted.name || nameOf(quoted.by);
  const line = quoted.removed ? t('quote_removed') : gist(quoted, t('a_file'));
  const data = quoted.by === 'bot' ? { bot: '' } : { hue: hue(quoted.by) };
  return h('button.quote', { type: 'button', data, onclick: () => acts.jump(ref), 'aria-label': t('jump_to_quote', { name, line }) }, h('b', {}, name), h('span', {}, line));
}

function attached(file, acts) {
  if (file.kind === 'photo') {
    return h('button.photo', { type: 'button', onclick: () => acts.look(file), 'aria-label': t('open_photo', { name: file.name }) }, h('img', { src: file.url, alt: file.name, loading: 'lazy', decoding: 'async' }));
  }
  if (file.kind === 'voice') return h('div.voice', {}, h('audio', { controls: true, preload: 'none', src: file.url, 'aria-label': file.name }));
  return h('a.document', { href: file.url, download: file.name }, h('span.document-sign', {}, icon('file')), h('span.document-text', {}, h('b', {}, file.name), h('span', {}, size(file.size))));
}

const SIGNS = { sending: 'clock', sent: 'check', failed: 'alert' };

function meta(message) {
  const made = h('span.meta', { title: fullTime(message.at) });
  if (message.protected) made.append(h('span', { title: t('protected') }, icon('shield')));
  if (message.pinned) made.append(icon('pin'));
  if (message.edited && message.by !== 'bot') made.append(h('span', {}, t('edited')));
  made.append(h('time', { datetime: message.at }, clockTime(message.at)));
  if (message.sending) made.append(h('span.sign', { role: 'img', 'aria-label': t(`sign_${message.sending}`) }, icon(SIGNS[message.sending])));
  return made;
}

function keys(message, acts) {
  const rows = new Map();
  message.keys.forEach((key, at) => {
    if (!rows.has(key.row)) rows.set(key.row, h('div.key-row', {}));
    rows.get(key.row).append(key_(message, key, at, acts));
  });
  return h('div.keys', { role: 'group', 'aria-label': t('buttons_of_message') }, ...rows.values());
}

function key_(message, key, at, acts) {
  const made = h('button.key', { type: 'button', data: { key: at } }, h('span', {}, key.label), key.payload != null && icon('link'));
  made.addEventListener('click', () => {
    if (made.classList.contains('busy')) return;
    made.classList.add('busy');
    acts.press(message, key).finally(() => made.classList.remove('busy'));
  });
  return made;
}

function reactions(message) {
  const counted = new Map();
  for (const sign of message.reactions) counted.set(sign, (counted.get(sign) ?? 0) + 1);
  const chips = [...counted].map(([sign, count]) => h('span.reaction', {}, sign, count > 1 && h('span', {}, String(count))));
  return h('div.reactions', { role: 'img', 'aria-label': t('reactions', { signs: message.reactions.join(' ') }) }, ...chips);
}

function failed(message, acts) {
  return h('div.failed', { role: 'alert' }, h('span', {}, message.why || t('not_sent')), h('button', { type: 'button', onclick: () => acts.again(message) }, t('send_again')), h('button', { type: 'button', onclick: () => acts.drop(message) }, t('discard')));
}

/** A bubble for what was just sent, until the server shows the real one. */
export function optimistic(place, chat, text, files, replyTo) {
  const me = person();
  return { ref: `~${place}`, place, chat, by: state.as, name: me?.name ?? '', tag: me?.tag ?? '', text, at: state.now ?? new Date().toISOString(), keys: [], files, reply_to: replyTo, reactions: [], sending: 'sending' };
}
