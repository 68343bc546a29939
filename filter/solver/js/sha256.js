// SHA-256 (FIPS 180-4), as far as a solver needs it, without crypto.subtle (which plain http pages do not have).
// Words are numbers of 32 bits, signed or not.

/** The first 32 bits of the fractional parts of the `root`-th roots of the first `count` primes (§4.2.2, §5.3.3). */
const fractions = (count, root) => {
  const words = [];
  for (let candidate = 2; words.length < count; candidate++) {
    let divisor = 2;
    while (candidate % divisor) divisor++;
    if (divisor === candidate) words.push((Math.pow(candidate, 1 / root) % 1) * 0x100000000);
  }
  return Int32Array.from(words, (word) => word | 0);
};

/** The initial state. */
const INITIAL = fractions(8, 2);

/** The round constants. */
const K = fractions(64, 3);

const rotr = (x, n) => x >>> n | x << (32 - n);
const smallSigma0 = (x) => rotr(x, 7) ^ rotr(x, 18) ^ x >>> 3;
const smallSigma1 = (x) => rotr(x, 17) ^ rotr(x, 19) ^ x >>> 10;

/** Fills words 16 to 63 of the message schedule `w`. */
const expand = (w) => {
  for (let t = 16; t < 64; t++) w[t] = w[t - 16] + smallSigma0(w[t - 15]) + w[t - 7] + smallSigma1(w[t - 2]);
};

/** Puts `state` through the rounds `from` to `to - 1` of the compression function. */
const rounds = (state, w, from, to) => {
  let a = state[0], b = state[1], c = state[2], d = state[3];
  let e = state[4], f = state[5], g = state[6], h = state[7];
  for (let t = from; t < to; t++) {
    const t1 = (h + (rotr(e, 6) ^ rotr(e, 11) ^ rotr(e, 25)) + (g ^ (e & (f ^ g))) + K[t] + w[t]) | 0;
    const t2 = ((rotr(a, 2) ^ rotr(a, 13) ^ rotr(a, 22)) + (b ^ ((a ^ b) & (b ^ c)))) | 0;
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

/** The digest of `message`, a Uint8Array, as eight words. */
const sha256 = (message) => {
  const padded = new DataView(new ArrayBuffer(((message.length + 8 >> 6) + 1) << 6));
  message.forEach((byte, at) => padded.setUint8(at, byte));
  padded.setUint8(message.length, 0x80);
  padded.setUint32(padded.byteLength - 4, message.length * 8);
  const digest = Int32Array.from(INITIAL);
  const w = new Int32Array(64);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = padded.getInt32(block + 4 * t);
    expand(w);
    const state = Int32Array.from(digest);
    rounds(state, w, 0, 64);
    state.forEach((word, at) => { digest[at] += word; });
  }
  return digest;
};
