// The crew with workers that do what a test tells them to.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SEARCHING, run, vectors } from "./sandbox.mjs";

const TOKEN = Buffer.from("a challenge, as far as the crew can tell?>").toString("base64url");
const COUNT = 5;

const solutionOf = (index) => Uint8Array.from([0, 0, 0, 0, 0, 0, 255, index]);

/** The solver's side of the conversation, except that it finds everything at once. */
const answerTo = ({ token, index }) =>
  token ? { ready: "js", count: COUNT } : { index, solution: solutionOf(index) };

const EXPECTED = Buffer.concat([
  Buffer.from(TOKEN, "base64url"),
  ...Array.from({ length: COUNT }, (_, index) => solutionOf(index)),
]).toString("base64url");

/** As in browsers, where each message is a task of its own; Node's delivers what there is in one go. */
class MessageChannel {
  static tasks = 0;

  constructor() {
    const receiver = {
      close() {
        this.onmessage = () => {};
      },
    };
    const deliver = (data) => {
      MessageChannel.tasks += 1;
      receiver.onmessage({ data });
    };
    this.port1 = { postMessage: (data) => setImmediate(deliver, data) };
    this.port2 = receiver;
  }
}

/**
 * A page on a machine with `cores` cores. Its workers answer nothing until a test calls `answer` or `die`. Its own thread
 * really solves where `conversation` is null.
 */
function page({ cores = 4, noWorkers = false, conversation = (post) => (data) => post(answerTo(data)) } = {}) {
  const workers = [];
  class Worker {
    constructor(address) {
      if (noWorkers) throw new Error("not here");
      this.address = address;
      this.asked = [];
      this.isTerminated = false;
      workers.push(this);
    }

    postMessage(message) {
      this.asked.push(message);
    }

    terminate() {
      this.isTerminated = true;
    }

    /** Answers the oldest question; or says `data`. */
    answer(data = answerTo(this.asked.shift())) {
      this.onmessage({ data });
    }

    die() {
      this.onerror({});
    }
  }
  const timers = [];
  const globals = {
    self: {},
    document: { currentScript: { src: "https://example.org/solver.js" } },
    navigator: { hardwareConcurrency: cores },
    Worker,
    MessageChannel,
    DOMException,
    btoa,
    setTimeout: (action, after) => timers.push({ action, after }),
    clearTimeout: (number) => delete timers[number - 1],
  };
  const solve = conversation
    ? run(["crew"], "self.levee.solve", { ...globals, conversation })
    : run([...SEARCHING, "worker", "crew"], "self.levee.solve", globals);
  return { solve, workers, timers };
}

/** Lets everybody answer who has been asked something, until nobody has. */
function finish(workers) {
  for (;;) {
    const busy = workers.find(({ asked, isTerminated }) => asked.length && !isTerminated);
    if (!busy) return;
    busy.answer();
  }
}

test("the token and the solutions stand in order, however they were found", async () => {
  const { solve, workers } = page();
  const solution = solve(TOKEN);
  workers[0].answer();
  workers[1].answer();
  workers[2].answer();
  // The first of them was given sub-puzzle 0 and is the last to find anything.
  finish(workers.slice(1));
  finish(workers);
  assert.equal(await solution, EXPECTED);
  assert.doesNotMatch(EXPECTED, /[+/=]/);
  assert.ok(workers.every(({ isTerminated }) => isTerminated));
});

test("one worker goes ahead, and the others come when it is ready", () => {
  for (const [cores, most] of [[0, 1], [1, 1], [2, 1], [4, 3], [64, COUNT]]) {
    const { solve, workers } = page({ cores });
    solve(TOKEN);
    assert.equal(workers.length, 1);
    assert.equal(workers[0].address, "https://example.org/solver.js");
    workers[0].answer();
    assert.equal(workers.length, most, `on ${cores} cores`);
  }
});

test("there are never more than eight workers", () => {
  const { solve, workers } = page({ cores: 64 });
  solve(TOKEN);
  workers[0].answer({ ready: "js", count: 32 });
  assert.equal(workers.length, 8);
});

test("progress goes from nothing to everything, a sub-puzzle at a time", async () => {
  const { solve, workers } = page({ cores: 3 });
  const seen = [];
  const solution = solve(TOKEN, { progress: (done) => seen.push(done) });
  finish(workers);
  await solution;
  const steps = [...new Set(seen)];
  assert.deepEqual(steps, [0, 1, 2, 3, 4, 5].map((found) => 1 - (COUNT - found) / COUNT));
  assert.deepEqual(seen, [...seen].sort((one, other) => one - other));
});

test("what a dead worker was at is done by another", async () => {
  const { solve, workers } = page({ cores: 3 });
  const solution = solve(TOKEN);
  workers[0].answer();
  workers[1].answer();
  workers[0].die();
  assert.ok(workers[0].isTerminated);
  finish(workers);
  assert.equal(await solution, EXPECTED);
});

test("an idle worker takes over at once", async () => {
  const { solve, workers } = page({ cores: 3 });
  const solution = solve(TOKEN);
  workers[0].answer();
  workers[1].answer();
  finish([workers[1]]);
  assert.deepEqual(workers[1].asked, []);
  workers[0].die();
  finish([workers[1]]);
  assert.equal(await solution, EXPECTED);
});

test("what a dead worker still says is not counted", async () => {
  const { solve, workers } = page({ cores: 3 });
  const solution = solve(TOKEN);
  workers[0].answer();
  workers[1].answer();
  workers[0].die();
  workers[0].answer({ index: 0, solution: new Uint8Array(8) });
  finish(workers);
  assert.equal(await solution, EXPECTED);
});

test("the page's own thread solves where workers cannot be made", async () => {
  const { solve, workers } = page({ noWorkers: true });
  assert.equal(await solve(TOKEN), EXPECTED);
  assert.equal(workers.length, 0);
});

test("what the page's own thread finds are the numbers that the verifier expects", async () => {
  for (const { token, solutions } of vectors) {
    const value = Buffer.from(await page({ noWorkers: true, conversation: null }).solve(token), "base64url");
    const bytes = Buffer.from(token, "base64url");
    assert.deepEqual(value.subarray(0, bytes.length), bytes);
    const found = solutions.map((_, index) => String(value.readBigUInt64BE(bytes.length + 8 * index)));
    assert.deepEqual(found, solutions);
    assert.equal(value.length, bytes.length + 8 * solutions.length);
  }
});

test("the page's own thread finishes what the workers leave when all of them die", async () => {
  const heard = [];
  const conversation = (post) => (data) => {
    heard.push(data.index);
    post(answerTo(data));
  };
  const { solve, workers } = page({ cores: 3, conversation });
  const solution = solve(TOKEN);
  workers[0].answer();
  workers[1].answer();
  workers[0].answer();
  workers[0].die();
  workers[1].answer({ error: "out of memory" });
  assert.equal(await solution, EXPECTED);
  assert.ok(!heard.includes(0), "sub-puzzle 0 had been solved");
});

test("a worker from which nothing is heard is given up", async () => {
  const { solve, workers, timers } = page();
  const solution = solve(TOKEN);
  timers[0].action();
  assert.ok(workers[0].isTerminated);
  assert.equal(await solution, EXPECTED);
  assert.equal(workers.length, 1, "no more of them are hired");
});

test("a worker that is ready is waited for", () => {
  const { solve, workers, timers } = page();
  solve(TOKEN);
  workers[0].answer();
  assert.equal(timers[0], undefined);
});

test("the page's own thread solves no two sub-puzzles in one task", async () => {
  const tasks = [];
  const conversation = (post) => (data) => {
    tasks.push(MessageChannel.tasks);
    post(answerTo(data));
  };
  await page({ noWorkers: true, conversation }).solve(TOKEN);
  assert.equal(tasks.length, COUNT + 1);
  assert.equal(new Set(tasks).size, tasks.length);
});

test("it fails when the solver does not know the token", async () => {
  const conversation = (post) => () => post({ error: "no challenge" });
  const { solve, workers } = page({ conversation });
  const solution = solve(TOKEN);
  workers[0].answer({ error: "no challenge" });
  await assert.rejects(solution, /no challenge/);
});

test("cancelling ends the workers and fails with the signal's reason", async () => {
  const { solve, workers } = page();
  const controller = new AbortController();
  const solution = solve(TOKEN, { signal: controller.signal });
  workers[0].answer();
  controller.abort(new Error("enough"));
  await assert.rejects(solution, /enough/);
  assert.equal(workers.length, 3);
  assert.ok(workers.every(({ isTerminated }) => isTerminated));
});

test("cancelling ends the work on the page's own thread", async () => {
  let solved = 0;
  const controller = new AbortController();
  const conversation = (post) => (data) => {
    solved += data.index === undefined ? 0 : 1;
    if (solved === 2) controller.abort();
    post(answerTo(data));
  };
  const { solve } = page({ noWorkers: true, conversation });
  await assert.rejects(solve(TOKEN, { signal: controller.signal }), { name: "AbortError" });
  assert.equal(solved, 2);
});

test("nothing is begun when it was cancelled before", async () => {
  const { solve, workers } = page();
  await assert.rejects(solve(TOKEN, { signal: AbortSignal.abort() }), { name: "AbortError" });
  assert.equal(workers.length, 0);
});

test("engines without AbortSignal.reason get an AbortError", async () => {
  const { solve } = page();
  const signal = Object.assign(new EventTarget(), { aborted: false });
  const solution = solve(TOKEN, { signal });
  signal.dispatchEvent(new Event("abort"));
  await assert.rejects(solution, { name: "AbortError" });
});
