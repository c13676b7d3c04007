/** Puts the page together: words, wire, panes, and who is shown what. */

import { Pane } from './chat.js';
import { away, toasts } from './dialogs.js';
import { fill, h, icon, narrow, wide } from './dom.js';
import { Hood } from './hood.js';
import { address, Side } from './side.js';
import { chatOf, emit, forgetChats, listed, on, person, privateOf, state } from './state.js';
import { setZone } from './times.js';
import { Wire } from './wire.js';
import { loadWords, t } from './words.js';

const TABS = ['group', 'private', 'try', 'clock'];
const app = document.getElementById('app');
const unread = { group: 0, private: 0 };

await loadWords();
state.as = new URLSearchParams(location.search).get('as');
const wire = new Wire({ heard, moved: (isUp) => emit('line', isUp), as: () => state.as });
const side = new Side(document.getElementById('side'), wire);
const panes = { group: new Pane('group', wire), private: new Pane('private', wire) };
const hood = new Hood(document.getElementById('hood'), wire);
const main = document.getElementById('main');
main.append(switchBar(), panes.group.element, panes.private.element);
toasts(document.getElementById('toasts'));
away(document.getElementById('away'), wire);
document.title = t('title');

// frames from the server, each by its type

const frames = {
  hello(frame) {
    forgetChats();
    state.as = frame.as;
    state.bot = frame.bot;
    state.group = frame.group;
    state.people = frame.people;
    state.data = frame.data;
    state.version = frame.version;
    addressed();
    emit('hello');
    invited();
    emit('people');
  },
  people(frame) {
    state.people = frame.people;
    emit('people');
  },
  chat(frame) {
    if (frame.chat === 'private') privateOf(frame.as).load(frame.messages, frame.pinned);
    if (frame.as !== state.as) return;
    if (frame.chat === 'group') chatOf('group').load(frame.messages, frame.pinned);
    panes[frame.chat].load();
  },
  message(frame) {
    if (frame.as !== state.as && frame.chat === 'private') {
      const fresh = privateOf(frame.as).upsert(frame.message);
      if (fresh && frame.message.by === 'bot') emit('waiting', { id: frame.as, count: 1 });
    }
    if (frame.as === state.as) panes[frame.chat].upsert(frame.message);
  },
  pinned(frame) {
    chatOf('group').pinned = frame.refs;
    panes.group.pinned();
  },
  typing(frame) {
    if (frame.as === state.as) panes[frame.chat].typingShown(frame.on);
  },
  toast(frame) {
    if (frame.as === state.as) emit('toast', frame);
  },
  commands(frame) {
    state.commands[frame.chat] = frame.items;
    const { completion } = panes[frame.chat].composer;
    if (!completion.open) completion.update(); // somebody has typed a slash already
  },
  clock(frame) {
    setZone(frame.zone);
    state.now = frame.now;
    state.turning = frame.turning;
    emit('clock');
  },
  agenda(frame) {
    state.agenda = frame.items;
    emit('agenda');
  },
  tries(frame) {
    state.parts = frame.parts;
    emit('tries');
  },
  show(frame) {
    if (frame.as !== state.as) become(frame.as);
    look(frame.chat, frame.ref);
  },
  hood(frame) {
    emit('hood', frame.rows);
  },
};

function heard(frame) {
  frames[frame.type]?.(frame);
}

// who one is

function become(id) {
  if (id === state.as || !person(id)) return;
  state.as = id;
  addressed();
  wire.turnTo(id);
  emit('waiting', { id, count: 0 });
  panes.private.unseen = 0;
  panes.private.told();
  panes.private.typingShown(false);
  panes.private.load();
  panes.group.load();
  emit('people');
}

on('become', (id) => {
  become(id);
  if (narrow.matches && !['group', 'private'].includes(app.dataset.pane)) pane('group');
});

/** A link of the bot's, opened in a window of its own. */
function invited() {
  const url = new URL(location.href);
  const payload = url.searchParams.get('start');
  if (!payload) return;
  url.searchParams.delete('start');
  history.replaceState(null, '', url);
  wire.send('start', { payload });
  if (!wide.matches) pane('private');
}

function addressed() {
  history.replaceState(null, '', address(state.as) + location.hash);
}

// where one looks

function pane(name) {
  app.dataset.pane = name;
  if (name === 'group' || name === 'private') app.dataset.chat = name;
  tabs();
  for (const one of Object.values(panes)) {
    if (!one.element.offsetParent) continue;
    one.composer.grown();
    if (one.stuck) one.toEnd();
  }
}

on('pane', (name) => {
  if (!wide.matches) pane(name);
  panes[name]?.composer.focus();
});

function look(chat, ref) {
  if (!wide.matches) pane(chat);
  if (ref) panes[chat].show(ref);
}

function fromHash() {
  const [chat, ref] = location.hash.slice(1).split('/');
  if (chat === 'try' || chat === 'clock') pane(chat);
  if (chat === 'group' || chat === 'private') {
    pane(chat);
    if (ref) panes[chat].show(ref);
  }
}

window.addEventListener('hashchange', fromHash);

function tabs() {
  const nav = document.getElementById('tabs');
  nav.setAttribute('aria-label', t('places'));
  const at = document.activeElement?.dataset?.tab;
  fill(nav, TABS.map((name) => tab(name, app.dataset.pane === name)));
  if (at) nav.querySelector(`[data-tab="${at}"]`)?.focus();
  switchBar();
}

function tab(name, current) {
  const count = unread[name] ?? 0;
  const label = count ? `${t(name)} · ${t('unread', { count })}` : t(name);
  return h('button.tab', { type: 'button', data: { tab: name }, 'aria-current': current ? 'page' : null, 'aria-label': label, onclick: () => pane(name) }, h('span.tab-sign', {}, icon(name), count > 0 && h('span.badge', {}, String(count))), h('span', {}, t(name)));
}

/** On a tablet one chat is shown beside the column; this says which. */
function switchBar() {
  const bar = document.getElementById('switch') ?? h('nav.switch', { id: 'switch', 'aria-label': t('chats') });
  const at = document.activeElement?.dataset?.switch;
  fill(bar, ['group', 'private'].map((name) => h('button', { type: 'button', data: { switch: name }, 'aria-current': app.dataset.chat === name ? 'page' : null, onclick: () => pane(name) }, t(name), unread[name] > 0 && h('span.badge', {}, String(unread[name])))));
  if (at) bar.querySelector(`[data-switch="${at}"]`)?.focus();
  return bar;
}

on('unread', ({ chat, count }) => {
  if (unread[chat] === count) return;
  unread[chat] = count;
  tabs();
  const sum = unread.group + unread.private;
  document.title = sum && document.hidden ? `(${sum}) ${t('title')}` : t('title');
});

document.addEventListener('visibilitychange', () => {
  if (document.hidden) return;
  document.title = t('title');
  for (const one of Object.values(panes)) one.scrolled();
});

for (const query of [narrow, wide]) query.addEventListener('change', () => pane(wide.matches ? 'group' : app.dataset.chat));

// a phone's keyboard takes room that not every browser takes away from the page

window.visualViewport?.addEventListener('resize', () => {
  const { height, scale } = window.visualViewport;
  if (scale !== 1) return;
  document.documentElement.style.setProperty('--room', `${height}px`);
  window.scrollTo(0, 0);
});

// by keyboard

window.addEventListener('keydown', (event) => {
  if (event.isComposing) return;
  const held = (event.ctrlKey || event.metaKey) && !event.altKey;
  if (held && /^[1-9]$/.test(event.key)) {
    const one = listed()[Number(event.key) - 1];
    if (one) emit('become', one.id);
  } else if (held && event.key.toLowerCase() === 'k') {
    if (narrow.matches) pane('try');
    side.focusTries();
  } else if (held && event.key === '.') {
    hood.toggle();
  } else if (event.key === 'F6') {
    const inGroup = panes.group.element.contains(document.activeElement);
    const next = inGroup ? 'private' : 'group';
    if (!wide.matches) pane(next);
    panes[next].composer.focus();
  } else return;
  event.preventDefault();
});


tabs();
fromHash();
wire.open();
