/** Elements without a framework: h('button.primary', {onclick}, 'text', child). */

export function h(spec, props = {}, ...children) {
  const [tag, ...classes] = spec.split('.');
  const element = document.createElement(tag || 'div');
  if (classes.length) element.className = classes.join(' ');
  for (const [name, value] of Object.entries(props)) set(element, name, value);
  put(element, ...children);
  return element;
}

function set(element, name, value) {
  if (value === undefined || value === null || value === false) return;
  if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
  else if (name === 'vars') for (const [k, v] of Object.entries(value)) element.style.setProperty(k, v);
  else if (name === 'data') Object.assign(element.dataset, value);
  else element.setAttribute(name, value === true ? '' : value);
}

export function put(element, ...children) {
  for (const child of children.flat(3)) {
    if (child !== undefined && child !== null && child !== false) element.append(child);
  }
  return element;
}

export function fill(element, ...children) {
  element.replaceChildren();
  return put(element, ...children);
}

const SVG = 'http://www.w3.org/2000/svg';

export function icon(name, className = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('class', `icon ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(SVG, 'use');
  use.setAttribute('href', `/static/icons.svg#${name}`);
  svg.append(use);
  return svg;
}

/** A button that shows only a sign; its name is read out and shown as a tip. */
export function iconButton(name, label, onclick, more = {}) {
  const { className = '', ...rest } = more;
  const spec = className ? `button.icon-button.${className}` : 'button.icon-button';
  return h(spec, { type: 'button', 'aria-label': label, title: label, onclick, ...rest }, icon(name));
}

export const narrow = window.matchMedia('(max-width: 719px)');
export const wide = window.matchMedia('(min-width: 1120px)');
export const calm = window.matchMedia('(prefers-reduced-motion: reduce)');

export function glide() {
  return calm.matches ? 'auto' : 'smooth';
}

let counter = 0;

export function uid(prefix = 'x') {
  counter += 1;
  return `${prefix}${counter}`;
}

const PAGE = 'popup,noopener,noreferrer,width=400,height=800';

/** Our own page opens in a window as large as a phone; on a phone, and with a modifier, like any other link. */
function opensPage(event) {
  if (narrow.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  window.open(event.currentTarget.href, '_blank', PAGE);
}

export function pageLink(spec, href, ...inside) {
  return h(spec, { href, target: '_blank', rel: 'noreferrer noopener', onclick: opensPage }, ...inside);
}
