/** Commands offered while one types: both languages are taken, the page's own comes first. */

import { fill, h, uid } from './dom.js';
import { state } from './state.js';
import { language, t } from './words.js';

const HEAD = /^[/／、]\s?([\p{L}]*)$/u;

export class Completion {
  constructor(field, chat) {
    this.field = field;
    this.chat = chat;
    this.items = [];
    this.at = 0;
    this.shut = false;
    const id = uid('commands');
    this.list = h('ul.completion', { role: 'listbox', id, hidden: true, 'aria-label': t('commands') });
    for (const [name, value] of [['aria-autocomplete', 'list'], ['aria-haspopup', 'listbox'], ['aria-controls', id]]) field.setAttribute(name, value);
    field.addEventListener('blur', () => setTimeout(() => document.activeElement === field || this.close(), 120));
    field.addEventListener('focus', () => this.update());
  }

  get open() {
    return !this.list.hidden;
  }

  update() {
    const typed = this.field.value.slice(0, this.field.selectionStart).match(HEAD);
    if (!typed || document.activeElement !== this.field) {
      this.shut = false;
      return this.close();
    }
    if (this.shut) return undefined;
    this.typed = typed[1].toLowerCase();
    this.items = matching(state.commands[this.chat] ?? [], this.typed);
    this.at = 0;
    return this.items.length ? this.draw() : this.close();
  }

  draw() {
    fill(this.list, this.items.map((item, at) => this.option(item, at)));
    this.list.hidden = false;
    this.field.setAttribute('role', 'combobox'); // only then: a text area that is open for anything is no combobox
    this.field.setAttribute('aria-expanded', 'true');
    this.mark();
  }

  option(item, at) {
    const [first, ...others] = names(item);
    const made = h('li.option', { role: 'option', id: `${this.list.id}-${at}`, onmousedown: (event) => event.preventDefault(), onclick: () => this.take(at) }, h('b', {}, `/${first}`), h('span.option-about', {}, item.about), h('span.option-also', {}, others.slice(0, 2).map((one) => `/${one}`).join(' ')));
    made.addEventListener('pointermove', () => {
      this.at = at;
      this.mark(false);
    });
    return made;
  }

  mark(scroll = true) {
    [...this.list.children].forEach((option, at) => option.setAttribute('aria-selected', String(at === this.at)));
    const current = this.list.children[this.at];
    this.field.setAttribute('aria-activedescendant', current?.id ?? '');
    if (scroll) current?.scrollIntoView({ block: 'nearest' });
  }

  close() {
    this.list.hidden = true;
    for (const name of ['role', 'aria-expanded', 'aria-activedescendant']) this.field.removeAttribute(name);
  }

  /** True if the key was for the list. A name typed to its end is sent, not completed. */
  key(event) {
    if (!this.open) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      this.at = (this.at + step + this.items.length) % this.items.length;
      this.mark();
    } else if (event.key === 'Tab' && !event.shiftKey) {
      this.take(this.at);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      if (this.at === 0 && this.complete()) {
        this.close();
        return false;
      }
      this.take(this.at);
    } else if (event.key === 'Escape') {
      this.shut = true;
      this.close();
    } else return false;
    event.preventDefault();
    return true;
  }

  complete() {
    const item = this.items[0];
    return names(item).some((name) => name.toLowerCase() === this.typed);
  }

  take(at) {
    const rest = this.field.value.slice(this.field.selectionStart);
    const head = `/${names(this.items[at])[0]} `;
    this.field.value = head + rest.trimStart();
    this.field.setSelectionRange(head.length, head.length);
    this.close();
    this.field.focus();
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}

function names(item) {
  return language === 'zh_CN' && item.aliases.length ? [...item.aliases, item.name] : [item.name, ...item.aliases];
}

function matching(items, typed) {
  const rank = (item) => {
    const all = names(item).map((name) => name.toLowerCase());
    if (all.some((name) => name === typed)) return 0;
    if (all.some((name) => name.startsWith(typed))) return 1;
    return all.some((name) => name.includes(typed)) ? 2 : 3;
  };
  return items.map((item) => [rank(item), item]).filter(([r]) => r < 3).sort((a, b) => a[0] - b[0]).map(([, item]) => item);
}
