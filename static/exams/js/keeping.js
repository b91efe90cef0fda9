/**
 * Keep answers: one request at a time, again and again until the server says what became of it.
 *
 * Of each question at most two operations wait: one that was sent and has no outcome yet, and the newest answer behind it.
 * The first is repeated under its own id, which the server stores once; only then does the second go, on the sequence the
 * first led to. So a lost response never looks like somebody else's answer.
 *
 * What waits also lies in this window's session storage, so that a reload loses nothing; it is gone once the server has it.
 */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15000;
const SLOW = 300;
const TOO_SLOW = 5000;
const REQUEST_TIMEOUT = 20000;
const FINAL = new Set([400, 403, 404, 413, 415, 422]);

export class Keeper extends EventTarget {
  #url;
  #storage;
  #waiting = new Map();
  #sequences = new Map();
  #isSending = false;
  #wait = FIRST_WAIT;
  #timer = 0;

  constructor({ url, session }) {
    super();
    this.#url = url;
    this.#storage = `lectern.waiting.${session}`;
    addEventListener("online", () => {
      this.#tell("online");
      this.#soon(0);
    });
    addEventListener("offline", () => this.#tell("kept", { isCut: true }));
  }

  /** Take over what a reload of this page left unsent. Returns the newest answers by question id. */
  restore() {
    const left = JSON.parse(sessionStorage.getItem(this.#storage) ?? "[]");
    this.#waiting = new Map(left);
    if (left.length) this.#soon(0);
    return new Map(left.map(([question, operations]) => [question, operations.at(-1).selected_answer]));
  }

  /** How many questions have an answer that is not saved yet. */
  get size() {
    return this.#waiting.size;
  }

  get isEmpty() {
    return this.size === 0;
  }

  isWaiting(question) {
    return this.#waiting.has(question);
  }

  /** Keep an answer. `after` is the sequence this page has last seen of the question. */
  keep({ question, answer, timeSpent, after }) {
    const sent = (this.#waiting.get(question) ?? []).filter((operation) => operation.isSent);
    const operation = {
      question_id: question,
      selected_answer: answer,
      time_spent: timeSpent,
      client_operation_id: crypto.randomUUID(),
      client_at: new Date().toISOString(),
    };
    this.#sequences.set(question, Math.max(after, this.#sequences.get(question) ?? 0));
    this.#waiting.set(question, [...sent, operation]);
    this.#store();
    this.#soon(0);
  }

  /** Resolve when nothing waits any more. */
  settled() {
    if (this.isEmpty) return Promise.resolve();
    return new Promise((resolve) => {
      const look = () => {
        if (!this.isEmpty) return;
        this.removeEventListener("change", look);
        resolve();
      };
      this.addEventListener("change", look);
    });
  }

  #store() {
    if (this.isEmpty) sessionStorage.removeItem(this.#storage);
    else sessionStorage.setItem(this.#storage, JSON.stringify([...this.#waiting]));
  }

  #tell(state, detail = {}) {
    this.dispatchEvent(new CustomEvent("change", { detail: { state, ...detail } }));
  }

  #soon(milliseconds) {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#send(), milliseconds);
  }

  #later(response) {
    const asked = Number(response?.headers.get("Retry-After")) * 1000;
    const wait = asked || this.#wait * (0.75 + Math.random() / 2);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT);
    this.#soon(wait);
  }

  async #send() {
    if (this.#isSending || this.isEmpty) return;
    const [[question, [operation]]] = this.#waiting;
    this.#isSending = true;
    operation.isSent = true;
    this.#store();
    const slow = setTimeout(() => this.#tell("saving", { question }), SLOW);
    const tooSlow = setTimeout(() => this.#tell("kept", { question }), TOO_SLOW);
    const { isSent, ...body } = operation;
    let response = null;
    let said = null;
    try {
      response = await fetch(this.#url, {
        method: "POST",
        credentials: "same-origin",
        keepalive: true,
        headers: { "Content-Type": "application/json", "X-Lectern-Client": "web" },
        body: JSON.stringify({ ...body, after: this.#sequences.get(question) ?? 0 }),
        signal: AbortSignal.timeout(REQUEST_TIMEOUT),
      });
      said = await response.json();
    } catch {
      response = null;
    }
    clearTimeout(slow);
    clearTimeout(tooSlow);
    this.#isSending = false;
    this.#understand(question, operation, response, said);
  }

  #understand(question, operation, response, said) {
    if (response?.ok && said?.success) {
      this.#wait = FIRST_WAIT;
      this.#sequences.set(question, said.data.sequence);
      this.#settle(question, operation);
      this.#tell("saved", { question, sequence: said.data.sequence });
      this.#soon(0);
    } else if (response?.status === 409 && said?.details?.current) {
      this.#waiting.delete(question);
      this.#store();
      this.#tell("conflict", { question, theirs: said.details.current });
      this.#soon(0);
    } else if (response && FINAL.has(response.status)) {
      this.#settle(question, operation);
      this.#tell("failed", { question, code: said?.details?.code, message: said?.error });
      this.#soon(0);
    } else {
      const state = response?.status === 401 ? "signed-out" : "kept";
      this.#tell(state, { question, isCut: !response, message: said?.error });
      this.#later(response);
    }
  }

  #settle(question, operation) {
    const left = (this.#waiting.get(question) ?? []).filter((other) => other !== operation);
    if (left.length) this.#waiting.set(question, left);
    else this.#waiting.delete(question);
    this.#store();
  }
}
