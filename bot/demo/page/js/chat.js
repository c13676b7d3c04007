/** One chat on the page: its head, the pinned line, the messages, the composer. */

import { Composer } from './composer.js';
import { fill, glide, h, icon, narrow, put } from './dom.js';
import { messageMenu, photoOpened, switchSheet } from './dialogs.js';
import { avatar, drawn, optimistic } from './message.js';
import { chatOf, emit, on, person, state } from './state.js';
import { gist } from './texts.js';
import { dayKey, dayName } from './times.js';
import { t } from './words.js';

const NEAR = 60;
const TOGETHER = 5 * 60 * 1000;

export class Pane {
  constructor(name, wire) {
    this.name = name;
    this.wire = wire;
    this.pending = new Map();
    this.elements = new Map();
    this.stuck = true;
    this.unseen = 0;
    this.typing = false;
    this.sought = null;
    this.shownAs = null;
    this.pinAt = 0;
    this.last = { top: 0, height: 0, room: 0 };
    this.build();
    on('people', () => this.headed());
  }

  build() {
    this.head = h('header.chat-head');
    this.pins = h('div.pins', { hidden: true });
    this.list = h('div.list');
    this.tail = h('div.typing', { hidden: true, 'aria-hidden': 'true' }, avatar('bot'), h('span.dots', {}, h('i'), h('i'), h('i')));
    this.log = h('div.log', { role: 'log', tabindex: '0', 'aria-live': 'polite', 'aria-label': t(`log_${this.name}`), id: `log-${this.name}` }, this.list, this.tail);
    this.pill = h('button.pill', { type: 'button', hidden: true, onclick: () => this.toEnd(true) });
    this.composer = new Composer(this);
    this.element = h('section.pane', { data: { chat: this.name }, 'aria-label': t(this.name) }, this.head, this.pins, h('div.log-box', {}, this.log, this.pill), this.composer.element);
    this.log.addEventListener('scroll', () => this.scrolled(), { passive: true });
    this.log.addEventListener('keydown', (event) => this.walked(event));
    this.log.addEventListener('contextmenu', (event) => this.asked(event));
    this.touched();
    const watch = new ResizeObserver(() => this.stuck && this.toEnd());
    watch.observe(this.log);
    watch.observe(this.list);
  }

  get chat() {
    return chatOf(this.name);
  }

  /** The channel of WeChat's that this conversation is on, if it is on one: nothing is edited there, nor quoted. */
  get phone() {
    return this.name === 'private' ? person()?.phone : '';
  }

  find = (ref) => this.chat.messages.get(ref);

  acts = {
    press: (message, key) => this.pressed(message, key),
    start: (payload) => this.started(payload),
    jump: (ref) => this.jump(ref),
    look: (file) => photoOpened(file),
    menu: (message, at) => this.menu(message, at),
    compose: (text) => this.composer.put(text),
    again: (message) => this.again(message),
    drop: (message) => this.drop(message),
  };

  async pressed(message, key) {
    if (key.payload != null) return this.started(key.payload);
    const ack = await this.wire.send('press', { chat: this.name, ref: message.ref, token: key.token });
    if (!ack.ok) emit('toast', { text: ack.error });
    return ack;
  }

  async started(payload) {
    emit('pane', 'private');
    const ack = await this.wire.send('start', { payload });
    if (!ack.ok) emit('toast', { text: ack.error });
    return ack;
  }

  // what is said

  say(text, files, replyTo) {
    const place = crypto.randomUUID?.() ?? String(Math.random());
    this.launch(optimistic(place, this.name, text, files, replyTo));
  }

  launch(message) {
    this.pending.set(message.place, message);
    this.append(message);
    this.toEnd(true);
    const files = message.files.map((file) => file.id);
    const sent = this.wire.send('say', { chat: this.name, text: message.text, reply_to: message.reply_to, files, place: message.place });
    sent.then((ack) => this.settled(message, ack));
  }

  settled(message, ack) {
    if (!this.pending.has(message.place)) return;
    message.sending = ack.ok ? 'sent' : 'failed';
    message.why = ack.error;
    this.replace(message);
  }

  again(message) {
    this.drop(message);
    this.launch({ ...message, sending: 'sending', why: undefined, place: `${message.place}'`, ref: `${message.ref}'`, at: state.now });
  }

  drop(message) {
    this.pending.delete(message.place);
    this.elements.get(message.ref)?.remove();
    this.elements.delete(message.ref);
    this.arranged();
  }

  async edit(ref, text) {
    const ack = await this.wire.send('edit', { chat: this.name, ref, text });
    if (!ack.ok) emit('toast', { text: ack.error });
  }

  // what comes

  /** The whole chat anew: what is unchanged keeps its element, so nothing jumps. */
  load() {
    const other = this.shownAs !== state.as;
    const keep = other && this.name === 'private' ? false : !this.stuck;
    const top = this.log.scrollTop;
    const arrived = new Set([...this.chat.messages.values()].map((one) => one.place).filter(Boolean));
    for (const [place, message] of this.pending) {
      if (arrived.has(place) || message.sending === 'sent') this.pending.delete(place);
    }
    this.log.setAttribute('aria-busy', 'true');
    this.elements.clear();
    this.shownAs = state.as;
    const mine = [...this.pending.values()].filter((one) => one.by === state.as);
    const all = [...this.chat.messages.values(), ...mine];
    for (const message of all) this.elements.set(message.ref, drawn(message, this.acts, this.find));
    this.list.replaceChildren(...this.elements.values());
    this.arranged();
    this.headed();
    this.pinned();
    if (keep) this.log.scrollTop = top;
    else this.toEnd();
    requestAnimationFrame(() => this.log.removeAttribute('aria-busy'));
    this.seek();
  }

  upsert(message) {
    const fresh = this.chat.upsert(message);
    if (message.place && this.pending.has(message.place)) {
      const waiting = this.pending.get(message.place);
      this.pending.delete(message.place);
      const element = this.elements.get(waiting.ref);
      this.elements.delete(waiting.ref);
      const made = drawn(message, this.acts, this.find);
      made.classList.add('landed');
      element?.replaceWith(made);
      this.elements.set(message.ref, made);
      if (!element) this.list.append(made);
      this.arranged();
    } else if (fresh) {
      this.append(message);
      this.counted(message);
    } else {
      this.replace(message);
    }
    this.seek();
    if (this.stuck) this.toEnd();
  }

  append(message) {
    const made = drawn(message, this.acts, this.find);
    made.classList.add('fresh');
    this.elements.set(message.ref, made);
    const first = [...this.pending.values()].find((one) => one !== message && this.elements.get(one.ref)?.isConnected);
    if (first && !message.sending) this.elements.get(first.ref).before(made);
    else this.list.append(made);
    this.arranged();
    if (this.stuck) this.toEnd();
  }

  replace(message) {
    const old = this.elements.get(message.ref);
    if (!old) return;
    const at = old.contains(document.activeElement) ? document.activeElement.dataset.key : undefined;
    const onSelf = document.activeElement === old;
    const made = drawn(message, this.acts, this.find);
    old.replaceWith(made);
    this.elements.set(message.ref, made);
    this.arranged();
    if (at !== undefined) made.querySelector(`[data-key="${at}"]`)?.focus({ preventScroll: true });
    if (onSelf) made.focus({ preventScroll: true });
    this.pinned();
  }

  /** Days between, names once per run: seen from the order of the elements, not kept anywhere. */
  arranged() {
    for (const line of this.list.querySelectorAll('.day')) line.remove();
    const known = new Map([...this.chat.messages.values(), ...this.pending.values()].map((one) => [one.ref, one]));
    let before = null;
    let last = null;
    for (const element of [...this.list.querySelectorAll('.msg')]) {
      const message = known.get(element.dataset.ref);
      if (!message) continue;
      const newDay = !before || dayKey(before.at) !== dayKey(message.at);
      if (newDay) element.before(h('div.day', {}, h('span', {}, dayName(message.at))));
      const together = !newDay && before.by === message.by && new Date(message.at) - new Date(before.at) < TOGETHER;
      element.classList.toggle('first', !together);
      element.classList.remove('last');
      if (!together) last?.classList.add('last');
      before = message;
      last = element;
    }
    last?.classList.add('last');
    this.emptied(!last);
  }

  emptied(empty) {
    this.list.querySelector('.empty')?.remove();
    if (!empty || !this.chat.loaded) return;
    const phone = person()?.phone;
    const said = phone ? t(`phone_${phone}_empty`) : t('private_empty');
    const lines = this.name === 'private' ? [avatar('bot'), h('h3', {}, state.bot.name), h('p', {}, said)] : [h('p', {}, t('group_empty'))];
    this.list.append(h('div.empty', {}, ...lines));
  }

  counted(message) {
    if (message.by === state.as) return;
    const hidden = !this.element.offsetParent || document.hidden;
    if (this.stuck && !hidden) return;
    this.unseen += 1;
    this.told();
  }

  told() {
    this.pill.hidden = this.unseen === 0 || this.stuck;
    fill(this.pill, icon('down'), h('span', {}, this.unseen === 1 ? t('one_new') : t('many_new', { count: this.unseen })));
    emit('unread', { chat: this.name, count: this.unseen });
  }

  seen() {
    if (this.unseen === 0) return;
    this.unseen = 0;
    this.told();
  }

  typingShown(isOn) {
    this.tail.hidden = !isOn;
    if (this.stuck) this.toEnd();
  }

  // where one looks

  /** Only a hand that scrolls up leaves the end; what grows or shrinks by itself does not. */
  scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    const atEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    const { top, height, room } = this.last;
    const byHand = scrollTop < top && scrollHeight === height && clientHeight === room;
    this.last = { top: scrollTop, height: scrollHeight, room: clientHeight };
    if (atEnd) this.stuck = true;
    else if (byHand) this.stuck = false;
    if (this.stuck && this.element.offsetParent && !document.hidden) this.seen();
    else this.told();
  }

  toEnd(smooth = false) {
    const { scrollTop, scrollHeight, clientHeight } = this.log;
    const near = scrollHeight - scrollTop - clientHeight < 3 * clientHeight;
    this.stuck = true;
    this.log.scrollTo({ top: scrollHeight, behavior: smooth && near && !this.pill.hidden ? glide() : 'auto' });
    this.last = { top: this.log.scrollTop, height: scrollHeight, room: clientHeight };
    if (this.element.offsetParent && !document.hidden) this.seen();
  }

  /** Shown as soon as it is there: a message may come after the word to look at it. */
  show(ref) {
    this.sought = ref;
    this.seek();
  }

  seek() {
    if (this.sought && this.elements.has(this.sought)) {
      const ref = this.sought;
      this.sought = null;
      requestAnimationFrame(() => this.jump(ref, false));
    }
  }

  jump(ref, focus = true) {
    const element = this.elements.get(ref);
    if (!element) return emit('toast', { text: t('quote_gone') });
    this.stuck = false;
    element.scrollIntoView({ block: 'center', behavior: glide() });
    requestAnimationFrame(() => this.scrolled());
    if (focus) this.focusOn(element);
    element.classList.remove('found');
    void element.offsetWidth;
    element.classList.add('found');
    return undefined;
  }

  // by keyboard, by long touch

  focusOn(element) {
    element.focus({ preventScroll: true });
  }

  walked(event) {
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const current = event.target.closest('.msg');
    if (step && (event.target === this.log || event.target === current)) {
      const all = [...this.list.querySelectorAll('.msg')];
      const at = current ? all.indexOf(current) + step : all.length - 1;
      const next = all[Math.max(0, at)];
      event.preventDefault();
      if (!next) return this.composer.focus();
      this.focusOn(next);
      next.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter' && event.target === current) {
      event.preventDefault();
      const message = this.find(current.dataset.ref);
      const key = current.querySelector('.key, .card-key:not(:disabled), .card-foot');
      if (key) key.focus();
      else if (message) this.menu(message, current.querySelector('.msg-more'));
    } else if ((event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)) && current) {
      event.preventDefault();
      const message = this.find(current.dataset.ref);
      if (message) this.menu(message, current.querySelector('.msg-more'));
    } else if (event.key === 'Escape' && event.target !== this.log) {
      event.preventDefault();
      this.composer.focus();
    }
    return undefined;
  }

  asked(event) {
    const element = event.target.closest('.msg');
    const message = element && this.find(element.dataset.ref);
    if (!message || event.target.closest('a, img') || String(getSelection())) return;
    event.preventDefault();
    this.menu(message, { x: event.clientX, y: event.clientY });
  }

  touched() {
    let timer = 0;
    const stop = () => clearTimeout(timer);
    this.log.addEventListener('touchstart', (event) => {
      const element = event.target.closest('.msg');
      const touch = event.touches[0];
      stop();
      if (!element || event.touches.length > 1 || event.target.closest('button, a, [role=button]')) return;
      timer = setTimeout(() => {
        const message = this.find(element.dataset.ref);
        if (message) this.menu(message, { x: touch.clientX, y: touch.clientY });
      }, 450);
    }, { passive: true });
    for (const name of ['touchend', 'touchmove', 'touchcancel']) this.log.addEventListener(name, stop, { passive: true });
  }

  menu(message, at) {
    const own = message.by === state.as;
    messageMenu(at, [
      !message.removed && !this.phone && { icon: 'reply', label: t('reply'), act: () => this.composer.reply(message) },
      own && !message.removed && !this.phone && message.text && { icon: 'edit', label: t('edit'), act: () => this.composer.edit(message) },
      message.text && (!message.removed || own) && !message.protected && { icon: 'copy', label: t('copy'), act: () => navigator.clipboard?.writeText(message.text) },
    ].filter(Boolean));
  }

  lastOwn() {
    return [...this.chat.messages.values()].reverse().find((one) => one.by === state.as && !one.removed && one.text);
  }

  // the head and the pinned line

  headed() {
    const me = person();
    const inside = state.people.filter((one) => one.inside).length;
    const isGroup = this.name === 'group';
    const sign = isGroup ? h('span.avatar.class-sign', { 'aria-hidden': 'true' }, icon('group')) : avatar('bot');
    const phone = isGroup ? '' : (me?.phone ?? '');
    this.element.dataset.phone = phone;
    const title = isGroup ? state.group.title : phone ? t(`phone_${phone}`) : state.bot.name;
    const name = me?.name ?? '';
    const sub = isGroup ? t('members', { count: inside + 1 }) : phone ? t('phone_of', { name }) : t('private_with', { name });
    fill(this.head, sign, h('div.chat-title', {}, h('h2', {}, title), h('p', {}, sub)));
    if (me) put(this.head, h('button.me', { type: 'button', 'aria-label': t('you_are', { name: me.name }), 'aria-haspopup': 'dialog', onclick: () => switchSheet() }, avatar(me.id), narrow.matches ? icon('down') : null));
    this.composer.settle();
  }

  /** The newest pin first; each tap goes one further back. */
  pinned() {
    const pinned = this.chat.pinned.map((ref) => this.find(ref)).filter((one) => one && !one.removed);
    this.pins.hidden = pinned.length === 0;
    if (pinned.length === 0) return;
    const at = Math.min(this.pinAt, pinned.length - 1);
    const go = () => {
      this.jump(pinned[at].ref);
      this.pinAt = (at + 1) % pinned.length;
      this.pinned();
    };
    const label = t('pinned') + (pinned.length > 1 ? ` ${pinned.length - at}/${pinned.length}` : '');
    const line = h('span.pin-text', {}, h('b', {}, label), h('span', {}, gist(pinned[at], t('a_file'))));
    fill(this.pins, h('button.pin-line', { type: 'button', onclick: go }, icon('pin'), line));
  }
}

