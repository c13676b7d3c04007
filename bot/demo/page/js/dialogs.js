/** What opens above the page: menus, questions, a photo, short words. */

import { fill, h, icon, iconButton } from './dom.js';
import { avatar } from './message.js';
import { emit, listed, on, person, state } from './state.js';
import { t } from './words.js';

// a menu at a button or at a point

let openMenu = null;

export function messageMenu(at, entries) {
  if (openMenu) openMenu.close();
  if (entries.length === 0) return;
  const back = document.activeElement;
  const menu = h('div.menu', { role: 'menu' });
  const shade = h('div.menu-shade', { onpointerdown: (event) => { event.preventDefault(); close(back); } });
  function close(focus) {
    menu.remove();
    shade.remove();
    openMenu = null;
    focus?.focus?.({ preventScroll: true });
  }
  for (const entry of entries) {
    const run = () => { close(back); entry.act(); };
    menu.append(entry.rule ? h('hr') : h('button.menu-item', { type: 'button', role: entry.role ?? 'menuitem', 'aria-checked': entry.checked === undefined ? null : String(entry.checked), tabindex: '-1', onclick: run, data: { danger: entry.danger ? '' : 'no' } }, icon(entry.icon), h('span', {}, entry.label), entry.checked && icon('check', 'menu-check'), entry.hint && h('kbd', {}, entry.hint)));
  }
  menu.addEventListener('keydown', (event) => menuKey(event, menu, () => close(back)));
  document.body.append(shade, menu);
  placed(menu, at);
  openMenu = { close: () => close(null) };
  menu.querySelector('button')?.focus();
}

function menuKey(event, menu, close) {
  const items = [...menu.querySelectorAll('button')];
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next !== undefined) items.at(next % items.length).focus();
  else if (event.key === 'Escape' || event.key === 'Tab') close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function placed(menu, at) {
  const { width, height } = menu.getBoundingClientRect();
  const box = at instanceof Element ? at.getBoundingClientRect() : null;
  const x = box ? box.right - width : at.x;
  const y = box ? box.bottom + 4 : at.y;
  menu.style.left = `${Math.max(8, Math.min(x, innerWidth - width - 8))}px`;
  menu.style.top = `${y + height > innerHeight - 8 ? Math.max(8, (box ? box.top : y) - height - 4) : y}px`;
}

// dialogs

function dialog(className, ...children) {
  const made = h(`dialog.${className}`, {}, ...children);
  made.addEventListener('click', (event) => event.target === made && made.close());
  made.addEventListener('close', () => made.remove());
  document.body.append(made);
  made.showModal();
  return made;
}

export function confirmed({ title, text, yes, danger = false }) {
  return new Promise((resolve) => {
    const made = dialog('box', h('form', { method: 'dialog' }, h('h2', {}, title), h('p', {}, text), h('div.box-buttons', {}, h('button.quiet', { value: '' }, t('cancel')), h(`button.primary${danger ? '.danger' : ''}`, { value: 'yes' }, yes))));
    made.addEventListener('close', () => resolve(made.returnValue === 'yes'));
  });
}

export function asked({ title, text, value }) {
  return new Promise((resolve) => {
    const field = h('input.line', { value, maxlength: '64', 'aria-label': title, autocomplete: 'off' });
    const save = h('button.primary', { value: 'yes' }, t('save'));
    const made = dialog('box', h('form', { method: 'dialog' }, h('h2', {}, title), h('p', {}, text), field, h('div.box-buttons', {}, h('button.quiet', { type: 'button', onclick: () => made.close('') }, t('cancel')), save)));
    field.select();
    made.addEventListener('close', () => resolve(made.returnValue === 'yes' ? field.value.trim() : ''));
  });
}

export function alerted(text) {
  dialog('box', h('form', { method: 'dialog' }, h('p.alert-text', {}, text), h('div.box-buttons', {}, h('button.primary', { value: 'yes' }, t('ok')))));
}

export function photoOpened(file) {
  const made = dialog('photo-box', h('img', { src: file.url, alt: file.name }), h('div.photo-bar', {}, h('span', {}, file.name), iconButton('close', t('close'), () => made.close())));
}

export function shortcutsShown() {
  const mac = /mac|iphone|ipad/i.test(navigator.userAgent);
  const key = mac ? '⌘' : 'Ctrl';
  const rows = [[`${key} 1…9`, 'key_person'], [`${key} K`, 'key_try'], [`${key} .`, 'key_hood'], ['F6', 'key_panes'], ['/', 'key_commands'], ['Enter', 'key_send'], ['Shift Enter', 'key_line'], ['↑', 'key_edit'], ['Shift ↑', 'key_walk'], ['Esc', 'key_escape']];
  dialog('box', h('form', { method: 'dialog' }, h('h2', {}, t('shortcuts')), h('dl.keys-list', {}, rows.flatMap(([keys, what]) => [h('dt', {}, keys.split(' ').map((one) => h('kbd', {}, one))), h('dd', {}, t(what))])), h('div.box-buttons', {}, h('button.primary', { value: 'yes' }, t('close')))));
}

/** Who one is, where the list of people is not on the screen. */
export function switchSheet() {
  const made = dialog('sheet', h('h2', {}, t('who_are_you')), h('div.sheet-people', {}, listed().map((one) => h('button.sheet-person', { type: 'button', 'aria-current': one.id === state.as ? 'true' : null, onclick: () => { made.close(); emit('become', one.id); } }, avatar(one.id), h('span', {}, h('b', {}, one.name), h('small', {}, one.about)), one.id === state.as ? icon('check') : one.unread > 0 && h('span.badge', { 'aria-label': t('unread', { count: one.unread }) }, String(one.unread))))), h('div.sheet-foot', {}, h('button.quiet', { type: 'button', onclick: (event) => { made.close(); emit('person-menu', { at: { x: event.clientX, y: event.clientY } }); } }, icon('more'), t('person_menu', { name: person()?.name ?? '' }))));
}

// short words at the foot of the page

export function toasts(box) {
  on('toast', ({ text, alert }) => {
    if (!text) return;
    if (alert) return void alerted(text);
    const one = h('div.toast', {}, text);
    box.append(one);
    while (box.children.length > 3) box.firstChild.remove();
    setTimeout(() => one.classList.add('going'), 3600 + text.length * 30);
    setTimeout(() => one.remove(), 4000 + text.length * 30);
  });
}

export function away(box, wire) {
  let timer = 0;
  on('line', (isUp) => {
    clearTimeout(timer);
    if (isUp) {
      box.hidden = true;
      return;
    }
    timer = setTimeout(() => {
      fill(box, h('span.spin'), h('span', {}, t('away')), h('button', { type: 'button', onclick: () => wire.hurry() }, t('try_now')));
      box.hidden = false;
    }, 700);
  });
}
