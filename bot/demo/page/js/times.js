/** Times as the classroom's clock shows them, whatever the zone of this machine. */

import { locale, t } from './words.js';

let zone = 'Asia/Shanghai';
const made = new Map();

export function setZone(name) {
  zone = name;
}

function formatted(iso, options) {
  const key = JSON.stringify([zone, locale(), options]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale(), { timeZone: zone, ...options }));
  return made.get(key).format(new Date(iso));
}

export function clockTime(iso) {
  return formatted(iso, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
}

export function dayKey(iso) {
  return formatted(iso, { year: 'numeric', month: '2-digit', day: '2-digit' });
}

export function dayName(iso) {
  const day = formatted(iso, { month: 'long', day: 'numeric' });
  const weekday = formatted(iso, { weekday: 'short' });
  return locale() === 'zh-CN' ? `${day} ${weekday}` : `${weekday} ${day}`;
}

export function fullTime(iso) {
  return `${dayName(iso)} ${clockTime(iso)}`;
}

/** Today's times bare, others with their day. */
export function soon(iso, now) {
  const time = clockTime(iso);
  if (dayKey(iso) === dayKey(now)) return `${t('today')} ${time}`;
  return `${dayName(iso)} ${time}`;
}

export function seconds(iso) {
  return formatted(iso, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
}
