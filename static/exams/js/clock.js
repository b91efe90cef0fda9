/**
 * The time that is left, by the server's clock. The device's clock may be wrong or change; so the page counts on from the
 * server's time with the browser's steady clock, and asks again when the two have drifted apart (the device slept).
 */
const DRIFT = 2000;
const MARKS = [
  [600, "ten"],
  [300, "five"],
  [60, "one"],
];

export class Clock extends EventTarget {
  #deadline;
  #server;
  #steady;
  #wall;
  #said = new Set();
  #isOver = false;

  /** `serverTime` is what the server's clock showed when it sent the page; both are ISO texts. */
  constructor({ serverTime, deadline }) {
    super();
    this.#deadline = Date.parse(deadline);
    this.#anchor(Date.parse(serverTime), performance.getEntriesByType("navigation")[0]?.responseStart ?? 0);
    for (const [seconds, name] of MARKS) if (this.secondsLeft() <= seconds) this.#said.add(name);
    setInterval(() => this.#tick(), 1000);
  }

  #anchor(server, steady) {
    this.#server = server;
    this.#steady = steady;
    this.#wall = Date.now() - (performance.now() - steady);
  }

  /** Correct the clock by a later word of the server; a changed deadline is extra time. */
  correct({ serverTime, deadline }) {
    this.#anchor(Date.parse(serverTime), performance.now());
    if (deadline) this.#deadline = Date.parse(deadline);
    this.#tick();
  }

  secondsLeft() {
    const now = this.#server + (performance.now() - this.#steady);
    return Math.max(0, Math.ceil((this.#deadline - now) / 1000));
  }

  #tick() {
    const drift = Date.now() - this.#wall - (performance.now() - this.#steady);
    if (Math.abs(drift) > DRIFT) {
      this.#wall += drift;
      this.dispatchEvent(new Event("drift"));
    }
    const left = this.secondsLeft();
    for (const [seconds, name] of MARKS) {
      if (left > seconds) this.#said.delete(name);
      else if (!this.#said.has(name)) {
        this.#said.add(name);
        this.dispatchEvent(new CustomEvent("mark", { detail: name }));
      }
    }
    this.dispatchEvent(new CustomEvent("tick", { detail: left }));
    if (left > 0) this.#isOver = false;
    else if (!this.#isOver) {
      this.#isOver = true;
      this.dispatchEvent(new Event("over"));
    }
  }
}

/** Write seconds as a clock does: 1:02:09, 41:18, 0:58. */
export function asClock(seconds) {
  const two = (number) => String(number).padStart(2, "0");
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
}
