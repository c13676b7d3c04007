/** Messages in the dress of WeChat's channels: a notice of the school, a template message, a card in WeCom. */

import { h, icon, pageLink, uid } from './dom.js';
import { state } from './state.js';
import { spoken } from './texts.js';

/** What stands in the bubble of a card; null for a message that is none. */
export function cardOf(message, acts, meta) {
  const { card } = message;
  if (!card || card.kind === 'numbers') return null;
  const inside = { notice, template, buttons, vote }[card.kind](message, card, acts);
  const sign = h('img', { src: '/static/logo.svg', alt: '', width: 20, height: 20 });
  const head = h('header.card-head', {}, sign, h('b', {}, state.bot.name), meta);
  return h(`div.bubble.card.card-${card.kind}`, {}, head, ...inside);
}

function foot(card) {
  return card.url ? pageLink('a.card-foot', card.url, h('span', {}, card.label), icon('next')) : null;
}

function notice(message, card, acts) {
  return [spoken(message, acts), foot(card)].filter(Boolean);
}

function template(message, card) {
  const rows = card.fields.flatMap(([name, value]) => [h('dt', {}, name), h('dd', {}, value)]);
  return [h('h4', {}, card.title), h('dl', {}, rows), foot(card)].filter(Boolean);
}

/** The first line is a title where the card has one. */
function words(message, card, acts) {
  if (!card.title || !message.text.startsWith(card.title)) return [spoken(message, acts)];
  const rest = message.text.slice(card.title.length).trim();
  return [h('h4', {}, card.title), rest && spoken({ text: rest }, acts)].filter(Boolean);
}

function buttons(message, card, acts) {
  const keys = message.keys.map((key, at) => h('button.card-key', { type: 'button', data: { key: at }, onclick: () => acts.press(message, key) }, key.label));
  const over = h('button.card-key', { type: 'button', disabled: true }, card.over);
  return [...words(message, card, acts), h('div.card-keys', {}, keys.length ? keys : over)];
}

function vote(message, card, acts) {
  const name = uid('vote');
  const option = (key, at) => h('label.card-option', {}, h('input', { type: 'radio', name, value: at }), h('span', {}, key.label));
  const submit = h('button.card-key', { type: 'submit' }, card.submit);
  const form = h('form.card-vote', {}, message.keys.map(option), h('div.card-keys', {}, submit));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const chosen = form.querySelector('input:checked');
    if (chosen) acts.press(message, message.keys[Number(chosen.value)]);
    else form.querySelector('input').focus();
  });
  return [...words(message, card, acts), form];
}
