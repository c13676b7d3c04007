/** The left column: the name of the thing, who one is, what to try, what time it is. */

import { confirmed, asked, messageMenu, shortcutsShown } from './dialogs.js';
import { fill, h, icon, iconButton, narrow } from './dom.js';
import { avatar } from './message.js';
import { emit, listed, on, person, state } from './state.js';
import { clockTime, dayName, soon } from './times.js';
import { language, remember, remembered, speak, t } from './words.js';

const THEMES = ['auto', 'light', 'dark'];

export class Side {
  constructor(root, wire) {
    this.wire = wire;
    this.waiting = new Map();
    this.people = h('section.people', { 'aria-labelledby': 'people-title' });
    this.tries = h('section.tries', { id: 'tries', 'aria-labelledby': 'tries-title', tabindex: '-1' });
    this.clock = h('section.clock', { 'aria-label': t('clock') });
    this.agenda = h('section.agenda', { 'aria-label': t('agenda') });
    this.foot = h('p.side-foot');
    const day = h('div.side-day', {}, this.people, this.tries);
    const time = h('div.side-time', {}, this.clock, this.agenda, this.foot);
    fill(root, this.brand(), day, time);
    on('people', () => this.drawPeople());
    on('tries', () => this.drawTries());
    on('clock', () => this.drawClock());
    on('agenda', () => this.drawAgenda());
    on('hello', () => this.drawFoot());
    on('waiting', ({ id, count }) => this.wait(id, count));
    on('person-menu', ({ at }) => this.personMenu(at));
  }

  // the head: name, language, theme, hood, the rest

  brand() {
    const other = language === 'zh_CN' ? 'en' : 'zh_CN';
    const tongue = h('button.icon-button.tongue', { type: 'button', lang: other === 'en' ? 'en' : 'zh-CN', 'aria-label': t('other_language'), title: t('other_language'), onclick: () => speak(other) }, other === 'en' ? 'EN' : '中');
    this.themeButton = iconButton('auto', '', () => this.nextTheme());
    this.themed();
    const hood = iconButton('hood', t('hood'), () => emit('hood-toggle'), { 'aria-controls': 'hood', 'aria-expanded': 'false', className: 'hood-button' });
    const more = iconButton('more', t('more'), (event) => this.moreMenu(event.currentTarget), { 'aria-haspopup': 'menu' });
    return h('header.brand', {}, h('img', { src: '/static/logo.svg', alt: '', width: 34, height: 34 }), h('h1', {}, h('span', {}, t('brand')), h('small', {}, t('playground'))), h('div.brand-tools', {}, tongue, this.themeButton, hood, more));
  }

  theme() {
    return remembered('theme') ?? 'auto';
  }

  themed() {
    const theme = this.theme();
    const label = t(`theme_${theme}`);
    fill(this.themeButton, icon({ auto: 'auto', light: 'sun', dark: 'moon' }[theme]));
    this.themeButton.setAttribute('aria-label', label);
    this.themeButton.title = label;
    if (theme === 'auto') delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
  }

  nextTheme() {
    const next = THEMES[(THEMES.indexOf(this.theme()) + 1) % THEMES.length];
    remember('theme', next === 'auto' ? null : next);
    this.themed();
    emit('toast', { text: t(`theme_${next}`) });
  }

  moreMenu(at) {
    messageMenu(at, [
      { icon: 'window', label: t('second_window'), act: () => window.open(address(listed().find((one) => one.id !== state.as)?.id ?? ''), '_blank', 'noopener') },
      { icon: 'hood', label: t('hood'), act: () => emit('hood-toggle') },
      { icon: 'keyboard', label: t('shortcuts'), act: () => shortcutsShown() },
      { icon: 'restart', label: t('restart'), danger: true, act: () => this.restart() },
    ]);
  }

  async restart() {
    const sure = await confirmed({ title: t('restart'), text: state.data ? t('restart_data', { file: state.data }) : t('restart_why'), yes: t('restart_yes'), danger: true });
    if (!sure) return;
    emit('toast', { text: t('restarting') });
    const ack = await this.act('restart');
    if (ack.ok) emit('toast', { text: t('restarted') });
  }

  async act(verb, fields) {
    const ack = await this.wire.send(verb, fields);
    if (!ack.ok) emit('toast', { text: ack.error });
    return ack;
  }

  // who one is

  drawPeople() {
    const focused = document.activeElement?.closest?.('.person')?.dataset.id;
    const people = listed();
    fill(this.people, h('h2', { id: 'people-title' }, t('who_are_you')), h('ul.people-list', {}, people.map((one, at) => this.personRow(one, at))));
    if (focused) this.people.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  personRow(one, at) {
    const current = one.id === state.as;
    const unread = one.unread ?? this.waiting.get(one.id) ?? 0;
    const sign = one.phone ? 'phone' : !one.inside ? 'leave' : one.muted || one.blocked ? 'block' : null;
    const label = [one.name, one.about, current && t('this_is_you'), unread && t('unread', { count: unread }), !one.inside && !one.phone && t('is_outside'), one.muted && t('is_muted')].filter(Boolean).join(' · ');
    const button = h('button.person', { type: 'button', data: { id: one.id }, 'aria-current': current ? 'true' : null, 'aria-label': label, title: at < 9 ? `${label} (Ctrl ${at + 1})` : label, onclick: () => emit('become', one.id) }, h('span.person-sign', {}, avatar(one.id), sign && h('span.person-state', {}, icon(sign)), !current && unread > 0 && h('span.badge', {}, String(unread))), h('span.person-text', {}, h('b', {}, one.name), h('small', {}, one.about)));
    return h('li', {}, button, current && iconButton('more', t('person_menu', { name: one.name }), (event) => this.personMenu(event.currentTarget), { className: 'person-more', 'aria-haspopup': 'menu' }));
  }

  wait(id, count) {
    if (count) this.waiting.set(id, (this.waiting.get(id) ?? 0) + count);
    else this.waiting.delete(id);
    if (state.people.length) this.drawPeople();
  }

  personMenu(at) {
    const me = person();
    if (!me) return;
    const place = at instanceof Element || at.x ? at : { x: innerWidth / 2 - 100, y: innerHeight / 2 };
    messageMenu(place, [
      { icon: 'edit', label: t('rename'), act: () => this.rename(me) },
      !me.phone && (me.inside ? { icon: 'leave', label: t('leave'), act: () => this.act('leave') } : { icon: 'join', label: t('join'), act: () => this.act('join') }),
      me.blocked ? { icon: 'check', label: t(me.phone ? 'phone_follow' : 'unblock'), act: () => this.act('block', { on: false }) } : { icon: 'block', label: t(me.phone ? 'phone_unfollow' : 'block'), act: () => this.act('block', { on: true }) },
      { icon: 'window', label: t('own_window'), act: () => window.open(address(me.id), '_blank', 'noopener') },
    ].filter(Boolean));
  }

  async rename(me) {
    const name = await asked({ title: t('rename'), text: t('rename_why'), value: me.name });
    if (name && name !== me.name) await this.act('rename', { name });
  }

  // what to try

  drawTries() {
    const focused = document.activeElement?.closest?.('.try')?.dataset.id;
    const items = state.parts.flatMap((part) => part.items);
    const done = items.filter((one) => one.done).length;
    const next = items.find((one) => !one.done)?.id;
    const progress = h('span.progress', { role: 'img', 'aria-label': t('done_of', { done, all: items.length }) }, `${done}/${items.length}`);
    fill(this.tries, h('div.tries-head', {}, h('h2', { id: 'tries-title' }, t('try')), progress), h('div.progress-line', { 'aria-hidden': 'true' }, h('i', { vars: { '--done': items.length ? done / items.length : 0 } })), done === 0 && items.length > 0 && h('p.tries-hint', {}, t('try_hint')), state.parts.map((part) => h('section.part', {}, h('h3', {}, part.title), h('ol', {}, part.items.map((one) => h('li', {}, this.tryRow(one, next)))))));
    if (focused) this.tries.querySelector(`[data-id="${focused}"]`)?.focus();
  }

  tryRow(one, next) {
    const sign = one.running ? h('span.spin') : one.done ? icon('check') : null;
    const stateName = one.running ? t('try_running') : one.done ? t('try_done') : '';
    return h('button.try', { type: 'button', data: { id: one.id, done: one.done ? 'yes' : 'no', next: one.id === next ? 'yes' : 'no' }, 'aria-label': [one.title, one.about, stateName].filter(Boolean).join(' · '), 'aria-busy': one.running ? 'true' : null, onclick: () => one.running || this.tried(one) }, h('span.tick', {}, sign), h('span.try-text', {}, h('b', {}, one.title), h('small', {}, one.about)), h('span.try-as', {}, avatar(one.as)));
  }

  async tried(one) {
    one.running = true;
    this.drawTries();
    const ack = await this.act('try', { step: one.id });
    if (!ack.ok) {
      one.running = false;
      this.drawTries();
    }
  }

  focusTries() {
    const next = this.tries.querySelector('.try[data-next="yes"]') ?? this.tries.querySelector('.try');
    (next ?? this.tries).focus();
    next?.scrollIntoView({ block: 'nearest' });
  }

  // what time it is

  drawClock() {
    if (!state.now) return;
    const kept = document.activeElement?.dataset?.turn;
    const turn = (to, sign) => h('button.turn', { type: 'button', data: { turn: to }, 'aria-disabled': state.turning ? 'true' : null, title: t(`turn_${to}_why`), onclick: () => state.turning || this.turn(to) }, icon(sign), h('span', {}, t(`turn_${to}`)));
    fill(this.clock, h('div.now', {}, h('time.now-time', { datetime: state.now }, clockTime(state.now)), h('span.now-day', {}, dayName(state.now)), state.turning && h('span.spin', { role: 'img', 'aria-label': t('turning') })), h('div.turns', { role: 'group', 'aria-label': t('turn_clock') }, turn('hour', 'clock'), turn('day', 'day'), turn('next', 'skip')));
    if (kept) this.clock.querySelector(`[data-turn="${kept}"]`)?.focus();
    this.drawAgenda();
  }

  async turn(to) {
    state.turning = true;
    this.drawClock();
    const ack = await this.act('turn', { to });
    if (!ack.ok) {
      state.turning = false;
      this.drawClock();
    }
  }

  drawAgenda() {
    if (!state.now) return;
    const open = this.agenda.querySelector('details')?.open ?? narrow.matches;
    const [first] = state.agenda;
    if (!first) return void fill(this.agenda, h('p.agenda-none', {}, t('agenda_none')));
    const line = (one) => h('li', {}, h('time', { datetime: one.at }, soon(one.at, state.now)), h('span', {}, one.what));
    const details = h('details', { open }, h('summary', {}, h('span.agenda-next', {}, h('b', {}, t('agenda')), h('span', {}, `${soon(first.at, state.now)} · ${first.what}`)), icon('down')), h('ol', {}, state.agenda.map(line)));
    fill(this.agenda, details);
  }

  drawFoot() {
    this.foot.textContent = state.data ? t('kept_in', { file: state.data }) : t('kept_nowhere');
  }
}

export function address(id) {
  const url = new URL(location.href);
  url.searchParams.set('as', id);
  url.hash = '';
  return url.href;
}
