// Solves the sub-puzzles of one challenge: a classic script for a dedicated Web Worker.
//
// The page sends {token: "<base64url>"} once, then {index: 0}, {index: 1}, ... as it likes. The worker answers
// {ready: "wasm" | "js", count: <sub-puzzles>}, then {index, solution: <8 bytes>} to each index, in order; or
// {error: "<what>"} when it cannot go on. To cancel, the page terminates the worker.
//
// Built, this file holds the WebAssembly solver. As it stands, and wherever WebAssembly is missing or blocked, it
// solves in plain JavaScript, without crypto.subtle (which plain http pages do not have) and without BigInt.
"use strict";

/* levee:glue */

const WASM = "levee:wasm";

/** Attempts of the first calls, a power of two: engines swap in optimised code only between calls. */
const FIRST_CHUNK = 4096;
/** Attempts of all later calls: a few milliseconds. */
const CHUNK = 65536;

const TOKEN_LENGTH = 66;
const WORK_OFFSET = 12;
const COUNT_OFFSET = 20;

const bytesOf = (base64url) =>
  Uint8Array.from(atob(base64url.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

// SHA-256 (FIPS 180-4) ------------------------------------------------------------------------------------------------

/** The first 32 bits of the fractional parts of the `root`-th roots of the first `count` primes. */
const fractions = (count, root) => {
  const words = [];
  for (let candidate = 2; words.length < count; candidate++) {
    let divisor = 2;
    while (candidate % divisor) divisor++;
    if (divisor === candidate) words.push((Math.pow(candidate, 1 / root) % 1) * 0x100000000);
  }
  return Int32Array.from(words, (word) => word | 0);
};
const INITIAL = fractions(8, 2);
const K = fractions(64, 3);

/** Fills words `from` to 63 of the message schedule `w`. */
const expand = (w, from) => {
  for (let t = from; t < 64; t++) {
    const x = w[t - 15];
    const y = w[t - 2];
    w[t] =
      (w[t - 16] +
        ((x >>> 7 | x << 25) ^ (x >>> 18 | x << 14) ^ x >>> 3) +
        w[t - 7] +
        ((y >>> 17 | y << 15) ^ (y >>> 19 | y << 13) ^ y >>> 10)) | 0;
  }
};

/** Puts `state` through the rounds `from` to `to - 1` of the compression function. */
const rounds = (state, w, from, to) => {
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = from; t < to; t++) {
    const t1 =
      (h + ((e >>> 6 | e << 26) ^ (e >>> 11 | e << 21) ^ (e >>> 25 | e << 7)) + (g ^ (e & (f ^ g))) + K[t] + w[t]) | 0;
    const t2 = (((a >>> 2 | a << 30) ^ (a >>> 13 | a << 19) ^ (a >>> 22 | a << 10)) + (b ^ ((a ^ b) & (b ^ c)))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = a, state[1] = b, state[2] = c, state[3] = d;
  state[4] = e, state[5] = f, state[6] = g, state[7] = h;
};

/** The digest of `message`, eight words. */
const sha256 = (message) => {
  const padded = new DataView(new ArrayBuffer(((message.length + 8 >> 6) + 1) << 6));
  message.forEach((byte, at) => padded.setUint8(at, byte));
  padded.setUint8(message.length, 0x80);
  padded.setUint32(padded.byteLength - 4, message.length * 8);
  const digest = Int32Array.from(INITIAL);
  const w = new Int32Array(64);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = padded.getInt32(block + 4 * t);
    expand(w, 16);
    const state = Int32Array.from(digest);
    rounds(state, w, 0, 64);
    state.forEach((word, at) => { digest[at] += word; });
  }
  return digest;
};

// The solver in plain JavaScript --------------------------------------------------------------------------------------

/** floor(2^64 * count / work), at most 2^64 - 1, as [high, low]. Exact while work is below 2^52. */
const threshold = (count, work) => {
  const quotient = [0, 0];
  let rest = count;
  if (rest >= work) return [0xffffffff, 0xffffffff];
  for (let bit = 0; bit < 64; bit++) {
    rest *= 2;
    const half = bit >> 5;
    quotient[half] *= 2;
    if (rest >= work) {
      rest -= work;
      quotient[half] += 1;
    }
  }
  return quotient;
};

/** Does what the WebAssembly solver does, with the same methods. */
class PlainSolver {
  static open(token) {
    const view = new DataView(token.buffer);
    // Version, kind and algorithm.
    if (token.length !== TOKEN_LENGTH || token[0] !== 1 || token[1] !== 1 || token[3] !== 1) return undefined;
    const count = view.getUint16(COUNT_OFFSET);
    return count ? new PlainSolver(token, view, count) : undefined;
  }

  constructor(token, view, count) {
    const work = view.getUint32(WORK_OFFSET) * 0x100000000 + view.getUint32(WORK_OFFSET + 4);
    this.subPuzzles = count;
    this.threshold = threshold(count, work);
    this.w = new Int32Array(64);
    this.w.set(sha256(token).subarray(0, 8));
    this.w[11] = 0x80000000 | 0;
    this.w[15] = 44 * 8;
    this.state = new Int32Array(8);
    this.before = new Int32Array(8);
    this.begin(0);
  }

  count() {
    return this.subPuzzles;
  }

  begin(index) {
    this.w[8] = index;
    this.turnTo(0);
    this.low = 0;
  }

  /** Numbers with the high half `high` come next: only message word 10 will change, so ten rounds are done. */
  turnTo(high) {
    this.high = high;
    this.w[9] = high;
    this.before.set(INITIAL);
    rounds(this.before, this.w, 0, 10);
  }

  run(attempts) {
    const { w, state, before } = this;
    const [high, low] = this.threshold;
    for (; attempts > 0; attempts--) {
      w[10] = this.low;
      expand(w, 16);
      state.set(before);
      rounds(state, w, 10, 64);
      const first = (state[0] + INITIAL[0]) >>> 0;
      if (first < high || (first === high && ((state[1] + INITIAL[1]) >>> 0) < low)) {
        const solution = new Uint8Array(8);
        new DataView(solution.buffer).setUint32(0, this.high);
        new DataView(solution.buffer).setUint32(4, this.low);
        return solution;
      }
      this.low = (this.low + 1) >>> 0;
      if (this.low === 0) this.turnTo(this.high + 1);
    }
    return undefined;
  }
}

// The conversation with the page --------------------------------------------------------------------------------------

const open = (token) => {
  try {
    wasm_bindgen.initSync({ module: Uint8Array.from(atob(WASM), (c) => c.charCodeAt(0)) });
    return ["wasm", wasm_bindgen.Solver.open(token)];
  } catch (unavailable) {
    return ["js", PlainSolver.open(token)];
  }
};

let solver;
let chunk = FIRST_CHUNK;

const solve = (index) => {
  solver.begin(index);
  for (;;) {
    const solution = solver.run(chunk);
    chunk = Math.min(CHUNK, chunk * 2);
    if (solution) return solution;
  }
};

self.onmessage = ({ data }) => {
  try {
    if (data.token) {
      let kind;
      [kind, solver] = open(bytesOf(data.token));
      if (!solver) throw new Error("the token is not a challenge that this solver knows");
      self.postMessage({ ready: kind, count: solver.count() });
    } else {
      self.postMessage({ index: data.index, solution: solve(data.index) });
    }
  } catch (failure) {
    self.postMessage({ error: String(failure) });
  }
};
