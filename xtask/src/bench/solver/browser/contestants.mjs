// How each variant is driven: the puzzle that it solves, the hashes that one task takes on average, how to start it and
// how to make a task.
//
// `work` is such that a task takes some tens of milliseconds, which makes little of what it takes to talk to a worker, and
// `small` such that an engine which only swaps in better code between calls has done so within the warm-up.
import { below, bytes, hex, hexOf } from "./random.mjs";
import { token } from "./token.mjs";
import { Talk } from "./talk.mjs";

const MOST_SUB_PUZZLES = 0xffff;

/** The asset in a browser that lacks something, or nothing, and the kind of solver that it should then be. */
const ours = (kind, url, work) => ({
  puzzle: "levee",
  work,
  // It divides its work into short calls by itself.
  small: work,
  async open(work) {
    const talk = new Talk(new Worker(url));
    const question = token(work * MOST_SUB_PUZZLES, MOST_SUB_PUZZLES);
    const { ready } = await talk.ask({ token: question });
    if (ready !== kind) {
      talk.end();
      throw new Error(`the solver was to be "${kind}" but says that it is "${ready}"`);
    }
    let index = 0;
    return {
      task: () => ({ token: question, index: index++ }),
      solve: async (task) => numberOf((await talk.ask({ index: task.index })).solution),
      end: () => talk.end(),
    };
  },
});

/** A peer in the worker peer.mjs. */
const peer = (name, puzzle, work, small, task) => ({
  puzzle,
  work,
  small,
  async open() {
    const talk = new Talk(new Worker(`/bench/peer.mjs?name=${name}`, { type: "module" }));
    await talk.ask("open");
    return { task, solve: async (given) => (await talk.ask(given)).n, end: () => talk.end() };
  },
});

/** altcha's own worker, with challenges as its own server makes them when it chooses the counter. */
const altcha = {
  puzzle: "altcha",
  work: 2048,
  small: 256,
  async open() {
    const talk = new Talk(new Worker("/npm/altcha/dist/workers/sha.js"));
    return {
      async task(work) {
        const [nonce, salt, counter] = [bytes(16), bytes(16), new Uint8Array(4)];
        new DataView(counter.buffer).setUint32(0, below(2 * work));
        const key = await crypto.subtle.digest("SHA-256", new Uint8Array([...salt, ...nonce, ...counter]));
        return { nonce: hexOf(nonce), salt: hexOf(salt), keyPrefix: hexOf(new Uint8Array(key, 0, 16)) };
      },
      async solve(task) {
        const parameters = { algorithm: "SHA-256", cost: 1, keyLength: 32, ...task };
        return (await talk.ask({ type: "work", challenge: { parameters } })).counter;
      },
      end: () => talk.end(),
    };
  },
};

const seedTask = (work) => ({ seed: hex(32), work });

/** Hexadecimal digits that one in `work` hashes begins with. */
const capTask = (work) => {
  const digits = Math.round(Math.log2(work) / 4);
  return { salt: hex(16), target: hex(digits).slice(0, digits) };
};

const mcaptchaTask = (work) => ({ salt: hex(16), phrase: hex(16), difficulty: work });

const friendlyTask = (work) => {
  const puzzle = bytes(128);
  // Where it counts from.
  puzzle.fill(0, 124);
  return { puzzle: hexOf(puzzle), threshold: Math.floor(0x100000000 / work) };
};

const CONTESTANTS = {
  simd: ours("simd", "/solver.js", 1 << 17),
  wasm: ours("wasm", "/bench/restricted.js?without=simd", 1 << 16),
  js: ours("js", "/bench/restricted.js?without=wasm", 1 << 14),
  cap: peer("cap", "cap", 1 << 16, 1 << 12, capTask),
  mcaptcha: peer("mcaptcha", "mcaptcha", 1 << 16, 1 << 12, mcaptchaTask),
  friendly: peer("friendly", "friendly", 1 << 16, 1 << 12, friendlyTask),
  altcha,
  webcrypto: peer("webcrypto", "seed", 1 << 12, 1 << 8, seedTask),
  "hash-wasm": peer("hash-wasm", "seed", 1 << 15, 1 << 11, seedTask),
  noble: peer("noble", "seed", 1 << 13, 1 << 9, seedTask),
};

/** The variant of this name. */
export function contestant(name) {
  const found = CONTESTANTS[name];
  if (!found) throw new Error(`there is no variant ${name}`);
  return found;
}

/** A sub-solution as a number: no puzzle of the bench comes near 2^53. */
export const numberOf = (solution) => solution.reduce((number, byte) => number * 256 + byte, 0);
