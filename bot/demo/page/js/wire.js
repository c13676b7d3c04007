/** The line to the server: actions are kept until they are acknowledged, and sent again with the same id. */

import { language } from './words.js';

const WAITS = [300, 600, 1200, 2500, 5000, 8000];
const KEPT = 'homeroom.unsent';

function restored() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT)) ?? [];
  } catch {
    return [];
  }
}

export class Wire {
  constructor({ heard, moved, as }) {
    this.heard = heard;
    this.moved = moved;
    this.as = as;
    this.spokenAs = null;
    this.unsent = restored();
    this.answers = new Map();
    this.socket = null;
    this.ready = false;
    this.tries = 0;
    this.timer = 0;
    window.addEventListener('online', () => this.hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.hurry());
  }

  open() {
    clearTimeout(this.timer);
    const query = new URLSearchParams({ lang: language });
    if (this.as()) query.set('as', this.as());
    const scheme = location.protocol === 'https:' ? 'wss' : 'ws';
    const socket = new WebSocket(`${scheme}://${location.host}/ws?${query}`);
    this.socket = socket;
    socket.addEventListener('message', (event) => socket === this.socket && this.frame(JSON.parse(event.data)));
    socket.addEventListener('close', () => socket === this.socket && this.closed());
  }

  closed() {
    this.ready = false;
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    this.timer = setTimeout(() => this.open(), wait * (0.8 + 0.4 * Math.random()));
    this.moved(false);
  }

  hurry() {
    if (this.ready || this.socket?.readyState === WebSocket.CONNECTING) return;
    this.tries = 0;
    this.open();
  }

  frame(frame) {
    if (frame.type === 'ack') this.acknowledged(frame);
    this.heard(frame);
    if (frame.type === 'hello') this.greeted(frame);
  }

  greeted(hello) {
    this.spokenAs = hello.as;
    this.ready = true;
    this.tries = 0;
    this.moved(true);
    for (const one of this.unsent) this.speak(one);
    this.turnTo(this.as());
  }

  /** Kept and sent: resolves with the acknowledgement, however long the line is down. */
  send(verb, fields = {}) {
    const action = { id: crypto.randomUUID?.() ?? String(Math.random()), as: this.as(), frame: { do: verb, ...fields } };
    this.unsent.push(action);
    this.keep();
    if (this.ready) this.speak(action);
    return new Promise((resolve) => this.answers.set(action.id, resolve));
  }

  /** Who this window is; not kept, since a new line begins with it. */
  turnTo(person) {
    if (!this.ready || !person || this.spokenAs === person) return;
    this.spokenAs = person;
    this.write({ do: 'as', person, id: crypto.randomUUID?.() ?? String(Math.random()) });
  }

  speak(action) {
    this.turnTo(action.as);
    this.write({ ...action.frame, id: action.id });
  }

  write(frame) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  acknowledged(ack) {
    this.unsent = this.unsent.filter((one) => one.id !== ack.id);
    this.keep();
    this.answers.get(ack.id)?.(ack);
    this.answers.delete(ack.id);
  }

  keep() {
    try {
      sessionStorage.setItem(KEPT, JSON.stringify(this.unsent));
    } catch {
      // kept in memory all the same
    }
  }
}
