/** What this window knows: who it is, the people, the two chats. One place, told about by events. */

const bus = new EventTarget();

export const state = {
  as: null,
  bot: { name: '班务助手', username: '' },
  group: { title: '' },
  people: [],
  data: null,
  version: '',
  now: null,
  turning: false,
  agenda: [],
  parts: [],
  commands: { group: [], private: [] },
};

export function on(name, heard) {
  bus.addEventListener(name, (event) => heard(event.detail));
}

export function emit(name, detail) {
  bus.dispatchEvent(new CustomEvent(name, { detail }));
}

export function person(id = state.as) {
  return state.people.find((one) => one.id === id);
}

export function nameOf(by) {
  return by === 'bot' ? state.bot.name : (person(by)?.name ?? by);
}

/** Whom one may be, in the order of the shortcut keys. */
export function listed() {
  return state.people.filter((one) => one.listed !== false || one.id === state.as);
}

const HUES = 8;

/** One colour for one person, the same everywhere. */
export function hue(id) {
  const at = listed().findIndex((one) => one.id === id);
  if (at >= 0) return at % HUES;
  let sum = 0;
  for (const char of String(id)) sum = (sum * 31 + char.codePointAt(0)) % 9973;
  return sum % HUES;
}

/** One chat as it is known: messages by their reference, in order. */
export class Chat {
  constructor() {
    this.messages = new Map();
    this.pinned = [];
    this.loaded = false;
  }

  load(messages, pinned) {
    this.messages = new Map(messages.map((one) => [one.ref, one]));
    this.pinned = pinned ?? [];
    this.loaded = true;
  }

  upsert(message) {
    const fresh = !this.messages.has(message.ref);
    this.messages.set(message.ref, message);
    return fresh;
  }
}

export const group = new Chat();
const privates = new Map();

export function privateOf(id) {
  if (!privates.has(id)) privates.set(id, new Chat());
  return privates.get(id);
}

export function chatOf(name) {
  return name === 'group' ? group : privateOf(state.as);
}

export function forgetChats() {
  group.loaded = false;
  privates.clear();
}
