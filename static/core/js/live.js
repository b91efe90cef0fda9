/**
 * The page's one socket to `/ws`.
 *
 *   const stop = live.subscribe("job:0190…", { message: (event, data) => …, reload: () => … });
 *
 * `message` is called for every message once and in order, also for those told while the connection was down. `reload` is
 * called when messages may be missing for good: fetch the state anew. Where no socket can be opened at all, `reload` is
 * called every few seconds instead, so a page works by polling. `ready` is called when the subscription stands.
 *
 * A page that shows state renders the topic's position beside it and passes that as `after`: what happened between the two
 * then comes as messages.
 */

const FIRST_WAIT = 500;
const LONGEST_WAIT = 15_000;
const PING_EVERY = 25_000;
const PONG_WITHIN = 10_000;
const POLL_EVERY = 10_000;
const SIGNED_OUT = 4401;

class Live {
  #topics = new Map(); // topic → { handlers: Set, seen: number | null }
  #socket = null;
  #failures = 0;
  #retry = 0;
  #ping = 0;
  #pong = 0;
  #poll = 0;

  constructor(url) {
    this.url = url;
    addEventListener("online", () => this.#reconnectNow());
    addEventListener("pageshow", (event) => event.persisted && this.#reconnectNow());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible" && !this.connected) this.#reconnectNow();
    });
  }

  /** Whether messages arrive at this moment. */
  get connected() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  /** Listen to a topic; returns what ends it. `after` is the number of the last message already reflected in the page. */
  subscribe(topic, handler, after = null) {
    const known = this.#topics.get(topic);
    if (known) {
      known.handlers.add(handler);
    } else {
      this.#topics.set(topic, { handlers: new Set([handler]), seen: after });
      if (this.connected) this.#send({ type: "subscribe", topic, after });
      else this.#open();
    }
    return () => this.#unsubscribe(topic, handler);
  }

  #unsubscribe(topic, handler) {
    const known = this.#topics.get(topic);
    if (!known?.handlers.delete(handler) || known.handlers.size) return;
    this.#topics.delete(topic);
    if (this.connected) this.#send({ type: "unsubscribe", topic });
    if (!this.#topics.size) this.#close();
  }

  #open() {
    if (this.#socket || !this.#topics.size) return;
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.url, ["lectern.v1"]);
    this.#socket = socket;
    socket.addEventListener("open", () => {
      this.#failures = 0;
      clearInterval(this.#poll);
      this.#poll = 0;
      for (const [topic, { seen }] of this.#topics) this.#send({ type: "subscribe", topic, after: seen });
      this.#ping = setInterval(() => this.#check(), PING_EVERY);
    });
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(data)));
    socket.addEventListener("close", ({ code }) => {
      if (this.#socket === socket) this.#lost(code);
    });
  }

  #receive(frame) {
    clearTimeout(this.#pong);
    const known = this.#topics.get(frame.topic);
    if (!known) return;
    if (frame.type === "subscribed") {
      if (!frame.complete) this.#reload(known);
      // messages that were missed follow, so only a start without history is taken from here
      if (known.seen === null || !frame.complete) known.seen = frame.id;
      for (const handler of known.handlers) handler.ready?.();
    } else if (frame.type === "message" && (known.seen === null || frame.id > known.seen)) {
      known.seen = frame.id;
      for (const handler of known.handlers) handler.message?.(frame.event, frame.data);
    } else if (frame.type === "refused") {
      for (const handler of known.handlers) handler.refused?.(frame.code);
    }
  }

  #lost(code) {
    clearInterval(this.#ping);
    clearTimeout(this.#pong);
    this.#socket = null;
    this.#failures += 1;
    if (!this.#poll) this.#poll = setInterval(() => this.#reloadAll(), POLL_EVERY);
    // after a restart not everybody comes back in the same moment; rights that changed are asked for at once
    const wait = code === SIGNED_OUT ? 0 : Math.min(FIRST_WAIT * 2 ** (this.#failures - 1), LONGEST_WAIT);
    this.#retry = setTimeout(() => this.#open(), wait * (0.5 + Math.random() / 2) + 50);
  }

  #check() {
    this.#send({ type: "ping" });
    this.#pong = setTimeout(() => this.#reconnectNow(), PONG_WITHIN);
  }

  #reconnectNow() {
    if (!this.#topics.size) return;
    this.#close();
    this.#open();
  }

  #close() {
    const socket = this.#socket;
    this.#socket = null;
    clearInterval(this.#ping);
    clearInterval(this.#poll);
    clearTimeout(this.#pong);
    clearTimeout(this.#retry);
    this.#poll = 0;
    socket?.close();
  }

  #send(frame) {
    this.#socket?.send(JSON.stringify(frame));
  }

  #reload(known) {
    for (const handler of known.handlers) handler.reload?.();
  }

  #reloadAll() {
    if (document.visibilityState !== "visible") return;
    for (const known of this.#topics.values()) this.#reload(known);
  }
}

export const live = new Live(`${location.protocol === "https:" ? "wss:" : "ws:"}//${location.host}/ws`);
