/** Under the hood: events in, verdicts with their reasons, deliveries out, as they happen. */

import { fill, h, icon, iconButton } from './dom.js';
import { emit, on } from './state.js';
import { seconds } from './times.js';
import { t } from './words.js';

const KINDS = ['all', 'event', 'verdict', 'delivery'];
const MOST = 500;

export class Hood {
  constructor(root, wire) {
    this.root = root;
    this.wire = wire;
    this.rows = new Map();
    this.kind = 'all';
    this.stuck = true;
    this.build();
    on('hood', (rows) => this.add(rows));
    on('hood-toggle', () => this.toggle());
    on('hello', () => this.anew());
  }

  get open() {
    return !this.root.hidden;
  }

  build() {
    this.list = h('ol');
    this.log = h('div.hood-rows', { role: 'log', 'aria-live': 'off', tabindex: '0', 'aria-label': t('hood') }, this.list);
    this.filters = h('div.hood-filters', { role: 'group', 'aria-label': t('hood_show') });
    this.log.addEventListener('scroll', () => {
      this.stuck = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 40;
    }, { passive: true });
    this.root.setAttribute('aria-label', t('hood'));
    fill(this.root, h('header.hood-head', {}, h('h2', {}, icon('hood'), t('hood')), this.filters, iconButton('trash', t('hood_clear'), () => this.clear()), iconButton('close', t('close'), () => this.toggle())), this.log);
    this.root.addEventListener('keydown', (event) => event.key === 'Escape' && this.toggle());
    this.filtered();
  }

  filtered() {
    fill(this.filters, KINDS.map((kind) => h('button', { type: 'button', 'aria-pressed': String(kind === this.kind), onclick: () => this.choose(kind) }, t(`hood_${kind}`))));
    this.log.dataset.kind = this.kind;
  }

  choose(kind) {
    this.kind = kind;
    this.filtered();
    this.filters.querySelector('[aria-pressed="true"]').focus();
  }

  toggle() {
    this.root.hidden = this.open;
    document.querySelector('.hood-button')?.setAttribute('aria-expanded', String(this.open));
    document.body.classList.toggle('hood-open', this.open);
    this.wire.send('hood', { on: this.open });
    if (this.open) this.log.focus();
    else document.querySelector('.hood-button')?.focus();
    emit('resized');
  }

  /** A new line, or a new class: everything is told again. */
  anew() {
    this.clear();
    if (this.open) this.wire.send('hood', { on: true });
  }

  clear() {
    this.rows.clear();
    this.empty();
  }

  empty() {
    fill(this.list, h('li.hood-none', {}, t('hood_none')));
  }

  add(rows) {
    if (this.rows.size === 0) fill(this.list);
    for (const row of rows) {
      const made = this.row(row);
      const old = this.rows.get(row.id);
      if (old) {
        made.querySelector('details').open = old.querySelector('details').open;
        old.replaceWith(made);
      } else this.list.append(made);
      this.rows.set(row.id, made);
    }
    while (this.rows.size > MOST) {
      const [first] = this.rows.keys();
      this.rows.get(first).remove();
      this.rows.delete(first);
    }
    if (this.rows.size === 0) this.empty();
    if (this.stuck) this.log.scrollTop = this.log.scrollHeight;
  }

  row(row) {
    return h('li', { data: { kind: row.kind } }, h('details', {}, h('summary', {}, h('time', {}, seconds(row.at)), h('span.hood-kind', {}, t(`hood_${row.kind}`)), h('span.hood-title', {}, h('b', {}, row.title), h('span', {}, (row.detail ?? '').split('\n')[0])), h('span.hood-state', { data: { state: row.state } }, row.state)), h('pre', {}, row.detail || '–')));
  }
}
