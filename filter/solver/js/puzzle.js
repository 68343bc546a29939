// The puzzle of a challenge, as docs/protocol.md lays it out.

const TOKEN_LENGTH = 66;

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

class Puzzle {
  /** The puzzle of a challenge token, a Uint8Array; undefined when it is none of a kind that is known here. */
  static of(token) {
    const [version, kind, , algorithm] = token;
    if (token.length !== TOKEN_LENGTH || version !== 1 || kind !== 1 || algorithm !== 1) return undefined;
    const fields = new DataView(token.buffer, token.byteOffset);
    const work = fields.getUint32(12) * 0x100000000 + fields.getUint32(16);
    const count = fields.getUint16(20);
    return count ? new Puzzle(sha256(token), count, threshold(count, work)) : undefined;
  }

  constructor(seed, count, below) {
    this.seed = seed;
    /** The number of sub-puzzles. */
    this.count = count;
    /** What the first 64 bits of a digest must be less than, as [high, low]. */
    this.below = below;
  }

  /** The message of sub-puzzle `index` for the number [high, low], with room for its schedule. */
  message(index, high, low) {
    const w = new Int32Array(64);
    w.set(this.seed);
    w[8] = index;
    w[9] = high;
    w[LOW_WORD] = low;
    w[11] = 0x80000000;
    w[15] = 44 * 8;
    return w;
  }

  isSolvedBy(index, high, low) {
    const w = this.message(index, high, low);
    expand(w);
    const state = Int32Array.from(INITIAL);
    rounds(state, w, 0, 64);
    const first = (state[0] + INITIAL[0]) >>> 0;
    const second = (state[1] + INITIAL[1]) >>> 0;
    return first < this.below[0] || (first === this.below[0] && second < this.below[1]);
  }
}
