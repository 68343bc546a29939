// What pages call: `levee.solve(token, { progress, signal })`, a promise of the value of the header levee-solution.
//
// The sub-puzzles are spread over Web Workers that are made of this very script. Where none can be had, the page's own thread
// does the work.

/** More would only compete with the page, and with everything else that the device does. */
const MOST_WORKERS = 8;
/** Milliseconds after which a worker from which nothing is heard is given up. */
const PATIENCE = 10000;

const workersWanted = () => Math.max(1, Math.min(MOST_WORKERS, (navigator.hardwareConcurrency || 1) - 1));

/** Spoken to like a worker, but solves on this thread: one sub-puzzle a task, so that the page stays responsive in between. */
const localHelper = () => {
  const { port1, port2 } = new MessageChannel();
  const helper = {
    postMessage: (message) => port1.postMessage(message),
    terminate: () => port2.close(),
  };
  const hear = conversation((data) => helper.onmessage({ data }));
  port2.onmessage = ({ data }) => hear(data);
  return helper;
};

/** The value of the header levee-solution: the token and the solutions in order, base64url without padding. */
const headerValue = (token, solutions) => {
  const bytes = solutions.map((solution) => String.fromCharCode(...solution)).join("");
  return btoa(atob(token.replace(/-/g, "+").replace(/_/g, "/")) + bytes)
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
};

/** Those who solve one challenge together. */
class Crew {
  /** `address` is where workers get their script; `done` and `failed` are told the end, one of them and once. */
  constructor({ token, address, progress, done, failed }) {
    Object.assign(this, { token, address, progress, done, failed });
    /** What each helper is at: the index of a sub-puzzle, or undefined. */
    this.helpers = new Map();
    this.idle = new Set();
    /** The indices that nobody is at. */
    this.open = [];
    this.solutions = [];
    this.isLocal = false;
  }

  /** The first worker goes ahead; once it is ready, the others find the script in the cache. */
  start() {
    const first = this.hireWorker();
    if (!first) return this.fallBack();
    this.patience = setTimeout(() => this.lose(first), PATIENCE);
  }

  dismiss() {
    clearTimeout(this.patience);
    this.helpers.forEach((_, helper) => helper.terminate());
    this.helpers.clear();
    this.idle.clear();
  }

  /** Undefined where workers are forbidden or unknown. */
  hireWorker() {
    try {
      return this.hire(new Worker(this.address));
    } catch (_) {
      return undefined;
    }
  }

  hire(helper) {
    this.helpers.set(helper, undefined);
    helper.onerror = () => this.lose(helper);
    helper.onmessage = ({ data }) => {
      // What was on its way when the helper was dismissed no longer counts.
      if (this.helpers.has(helper)) this.hear(helper, data);
    };
    helper.postMessage({ token: this.token });
    return helper;
  }

  fallBack() {
    this.isLocal = true;
    this.hire(localHelper());
  }

  hear(helper, { count, index, solution, error }) {
    if (error) return this.lose(helper, error);
    if (solution) {
      this.helpers.set(helper, undefined);
      this.solutions[index] = solution;
      this.left -= 1;
    } else if (this.left === undefined) {
      this.learn(count);
    }
    this.idle.add(helper);
    this.deal();
    if (this.left === 0) {
      this.dismiss();
      this.done(headerValue(this.token, this.solutions));
    }
    // Last, so that nothing goes wrong here when the page's function fails.
    this.progress(1 - this.left / this.count);
  }

  /** The first helper is ready, and has told the number of sub-puzzles. */
  learn(count) {
    clearTimeout(this.patience);
    this.count = this.left = count;
    for (let index = 0; index < count; index++) this.open.push(index);
    if (this.isLocal) return;
    for (let more = Math.min(workersWanted(), count); more > 1; more--) this.hireWorker();
  }

  deal() {
    for (const helper of this.idle) {
      if (!this.open.length) return;
      const index = this.open.shift();
      this.idle.delete(helper);
      this.helpers.set(helper, index);
      helper.postMessage({ index });
    }
  }

  /** What the helper was at goes to the others, or to the page's own thread when there are none. */
  lose(helper, error) {
    const index = this.helpers.get(helper);
    if (!this.helpers.delete(helper)) return;
    helper.terminate();
    this.idle.delete(helper);
    if (index !== undefined) this.open.push(index);
    if (this.helpers.size) return this.deal();
    clearTimeout(this.patience);
    if (this.isLocal) return this.failed(new Error(error));
    this.fallBack();
  }
}

/** How challenges are solved by workers whose script is at `address`. */
const solver = (address) => (token, { progress = () => {}, signal } = {}) =>
  new Promise((resolve, reject) => {
    const cancel = () => {
      crew.dismiss();
      reject(signal.reason || new DOMException("The solving was cancelled.", "AbortError"));
    };
    const ending = (settle) => (value) => {
      if (signal) signal.removeEventListener("abort", cancel);
      settle(value);
    };
    const crew = new Crew({ token, address, progress, done: ending(resolve), failed: ending(reject) });
    if (signal && signal.aborted) return cancel();
    if (signal) signal.addEventListener("abort", cancel);
    crew.start();
  });

if (typeof document !== "undefined") {
  // A new object: until something is assigned, `self.levee` may be an element with that id.
  self.levee = Object.assign({}, self.levee, { solve: solver(document.currentScript.src) });
}
