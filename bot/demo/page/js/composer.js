/** Where one writes: it grows, completes commands, takes files, answers and edits. */

import { Completion } from './completion.js';
import { fill, h, icon, iconButton, narrow } from './dom.js';
import { size } from './message.js';
import { emit, nameOf, person, state } from './state.js';
import { gist } from './texts.js';
import { language, t } from './words.js';

const LIMIT = 20 * 1024 * 1024;
const MOST = 10;
const KINDS = [[/^image\/(png|jpeg|gif|webp)$/, 'photo'], [/^audio\//, 'voice']];

function kindOf(file) {
  return KINDS.find(([pattern]) => pattern.test(file.type))?.[1] ?? 'document';
}

export class Composer {
  constructor(pane) {
    this.pane = pane;
    this.files = [];
    this.drafts = new Map();
    this.draftOf = null;
    this.replying = null;
    this.editing = null;
    this.build();
  }

  build() {
    this.field = h('textarea.field', { rows: '1', autocomplete: 'off', enterkeyhint: 'send', maxlength: '20000' });
    this.completion = new Completion(this.field, this.pane.name);
    this.about = h('div.about', { hidden: true });
    this.strip = h('div.strip', { hidden: true });
    this.picker = h('input', { type: 'file', multiple: true, hidden: true, tabindex: '-1', onchange: () => this.picked() });
    this.attachButton = iconButton('attach', t('attach'), () => this.picker.click(), { className: 'attach' });
    this.sendButton = iconButton('send', t('send'), () => this.submit(), { className: 'send' });
    this.row = h('div.row', {}, this.attachButton, this.field, this.sendButton);
    this.barred = h('div.barred', { hidden: true });
    this.element = h('footer.composer', {}, this.completion.list, this.about, this.strip, this.row, this.barred, this.picker);
    this.field.addEventListener('input', () => this.grown());
    this.field.addEventListener('keydown', (event) => this.typed(event));
    this.field.addEventListener('paste', (event) => this.pasted(event));
    this.dropped();
  }

  focus() {
    if (!this.row.hidden) this.field.focus({ preventScroll: true });
  }

  put(text) {
    this.field.value = text;
    this.grown();
    this.focus();
    this.field.setSelectionRange(text.length, text.length);
  }

  grown() {
    this.field.style.height = 'auto';
    this.field.style.height = `${Math.min(this.field.scrollHeight + 2, 180)}px`;
    const empty = !this.field.value.trim() && this.files.length === 0;
    this.sendButton.classList.toggle('idle', empty);
    this.completion.update();
    this.drafts.set(this.draftOf, this.field.value);
    this.keepDraft();
  }

  // Enter, but never while an input method is composing
  typed(event) {
    if (event.isComposing || event.keyCode === 229) return;
    if (this.completion.key(event)) return;
    if (event.key === 'Enter' && !event.shiftKey && !event.altKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === 'Escape' && (this.replying || this.editing)) {
      event.preventDefault();
      this.cleared();
    } else if (event.key === 'ArrowUp' && !this.field.value) {
      const last = this.pane.phone ? null : this.pane.lastOwn();
      if (last && !event.shiftKey) this.edit(last);
      else this.pane.log.focus();
      event.preventDefault();
    }
  }

  submit() {
    const text = this.field.value.trim();
    const waiting = this.files.some((one) => !one.done);
    if (waiting) return emit('toast', { text: t('still_uploading') });
    if (!text && this.files.length === 0) return this.focus();
    if (this.editing) this.pane.edit(this.editing.ref, text);
    else this.pane.say(text, this.files.map((one) => one.done), this.replying?.ref ?? null);
    this.files = [];
    this.stripped();
    this.cleared();
    this.focus();
    return undefined;
  }

  cleared() {
    this.replying = null;
    this.editing = null;
    this.field.value = '';
    this.abouted();
    this.grown();
  }

  reply(message) {
    if (this.editing) this.field.value = '';
    this.editing = null;
    this.replying = message;
    this.abouted();
    this.focus();
  }

  edit(message) {
    this.replying = null;
    this.editing = message;
    this.abouted();
    this.put(message.text);
  }

  abouted() {
    const message = this.replying ?? this.editing;
    this.about.hidden = !message;
    if (!message) return;
    const title = this.editing ? t('editing') : t('replying_to', { name: message.name || nameOf(message.by) });
    const close = iconButton('close', t('cancel'), () => {
      if (this.editing) this.cleared();
      else {
        this.replying = null;
        this.abouted();
      }
      this.focus();
    });
    fill(this.about, icon(this.editing ? 'edit' : 'reply'), h('div.about-text', {}, h('b', {}, title), h('span', {}, gist(message, t('a_file')))), close);
  }

  // files

  picked() {
    this.take([...this.picker.files]);
    this.picker.value = '';
  }

  pasted(event) {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    this.take(files);
  }

  dropped() {
    const { element } = this.pane;
    const target = () => element ?? this.pane.element;
    queueMicrotask(() => {
      const pane = target();
      let depth = 0;
      const carries = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files') && !this.row.hidden;
      pane.addEventListener('dragenter', (event) => {
        if (!carries(event)) return;
        depth += 1;
        pane.classList.add('dropping');
        pane.dataset.drop = t('drop_here');
      });
      pane.addEventListener('dragover', (event) => carries(event) && event.preventDefault());
      pane.addEventListener('dragleave', () => {
        depth = Math.max(0, depth - 1);
        if (!depth) pane.classList.remove('dropping');
      });
      pane.addEventListener('drop', (event) => {
        depth = 0;
        pane.classList.remove('dropping');
        if (!carries(event)) return;
        event.preventDefault();
        this.take([...event.dataTransfer.files]);
      });
    });
  }

  take(files) {
    for (const file of files) {
      if (file.size > LIMIT) {
        emit('toast', { text: t('too_big', { name: file.name }) });
        continue;
      }
      if (this.files.length >= MOST) {
        emit('toast', { text: t('too_many_files', { most: MOST }) });
        break;
      }
      const one = { file, done: null };
      this.files.push(one);
      this.upload(one);
    }
    this.stripped();
    this.focus();
  }

  async upload(one) {
    const { file } = one;
    const kind = kindOf(file);
    const query = new URLSearchParams({ name: file.name, kind, lang: language });
    try {
      const answer = await fetch(`/files?${query}`, { method: 'POST', body: file });
      const said = await answer.json();
      if (!answer.ok) throw new Error(said.error);
      const url = kind === 'photo' ? URL.createObjectURL(file) : `/files/${encodeURIComponent(said.file)}`;
      one.done = { id: said.file, name: said.name, size: said.size, kind, url };
    } catch (error) {
      this.files = this.files.filter((other) => other !== one);
      emit('toast', { text: error instanceof TypeError ? t('upload_failed', { name: file.name }) : error.message });
    }
    this.stripped();
  }

  stripped() {
    this.strip.hidden = this.files.length === 0;
    fill(this.strip, this.files.map((one) => h('span.chip', { data: { done: one.done ? '' : 'no' } }, icon(one.done ? 'file' : 'clock'), h('span', {}, one.file.name), h('small', {}, size(one.file.size)), iconButton('close', t('remove_file', { name: one.file.name }), () => {
      this.files = this.files.filter((other) => other !== one);
      this.stripped();
      this.focus();
    }))));
    this.sendButton.classList.toggle('idle', !this.field.value.trim() && this.files.length === 0);
  }

  // who writes here, and whether one may

  settle() {
    const me = person();
    if (!me) return;
    const of = this.pane.name === 'group' ? 'group' : me.id;
    if (of !== this.draftOf) this.swap(of);
    const name = this.pane.name === 'group' ? t('say_in_group', { name: me.name }) : me.phone ? t('say_on_phone') : t('say_to_bot', { bot: state.bot.name });
    this.field.placeholder = narrow.matches && !this.pane.phone ? t('say_short') : name;
    this.field.setAttribute('aria-label', name);
    const bar = this.pane.name === 'group' ? this.groupBar(me) : this.privateBar(me);
    const pressed = this.barred.contains(document.activeElement);
    this.row.hidden = Boolean(bar);
    this.barred.hidden = !bar;
    if (bar) {
      this.completion.close();
      fill(this.barred, bar);
    } else if (pressed) this.focus();
  }

  groupBar(me) {
    if (me.phone) return [icon('phone'), h('span', {}, t('phone_outside', { name: me.name }))];
    if (!me.inside) return [h('span', {}, t('outside', { name: me.name })), h('button.primary', { type: 'button', onclick: () => this.act('join') }, t('join'))];
    if (me.muted) return [icon('block'), h('span', {}, t('muted', { name: me.name }))];
    return null;
  }

  privateBar(me) {
    const [blocked, unblock] = me.phone ? ['phone_left', 'phone_follow'] : ['blocked', 'unblock'];
    if (me.blocked) return [h('span', {}, t(blocked, { name: me.name })), h('button.primary', { type: 'button', onclick: () => this.act('block', { on: false }) }, t(unblock))];
    if (me.phone === 'school') return [h('span', {}, t('phone_deaf'))];
    if (!me.opened) return [h('button.primary.wide', { type: 'button', onclick: () => this.act('start', { payload: '' }) }, t('start'))];
    return null;
  }

  async act(verb, fields = {}) {
    const ack = await this.pane.wire.send(verb, fields);
    if (!ack.ok) emit('toast', { text: ack.error });
  }

  /** Each private conversation keeps its own draft; the group's stays whoever one is. */
  swap(of) {
    if (this.draftOf !== null) this.drafts.set(this.draftOf, this.field.value);
    this.draftOf = of;
    this.replying = null;
    this.editing = null;
    this.abouted();
    this.field.value = this.drafts.get(of) ?? this.keptDraft(of);
    this.grown();
  }

  keepDraft() {
    try {
      sessionStorage.setItem(`homeroom.draft.${this.draftOf}`, this.editing ? '' : this.field.value);
    } catch {
      // a draft is then lost with a reload, nothing else
    }
  }

  keptDraft(of) {
    try {
      return sessionStorage.getItem(`homeroom.draft.${of}`) ?? '';
    } catch {
      return '';
    }
  }
}

