// What all attempts at a sub-puzzle share. While a search counts upwards only the number's low half changes, one word of
// the message; whatever does not follow from it is computed once.

/** The word of the message that holds the low half of the number. */
const LOW_WORD = 10;

/** Which words of the message schedule depend on the low half of the number. */
const VARIES = [];
for (let t = 0; t < 64; t++) VARIES[t] = t < 16 ? t === LOW_WORD : [2, 7, 15, 16].some((back) => VARIES[t - back]);

/** The part of a message's compression that is the same for every value of its low word. */
class Block {
  /** `w` holds a message whose low word is zero, and has room for the schedule, which is filled in. */
  constructor(w) {
    this.message = w.slice(0, 16);
    /** The state after the round of the low word, which itself is yet to be added to `a` and `e`. */
    this.state = Int32Array.from(INITIAL);
    rounds(this.state, w, 0, LOW_WORD + 1);
    /**
     * For a word of the schedule that varies, the sum of its terms that do not; for one that does not vary, its sum with
     * the round constant, which is all that a round asks for.
     */
    this.fixed = new Int32Array(64);
    const term = (t, sigma) => VARIES[t] ? 0 : sigma ? sigma(w[t]) : w[t];
    for (let t = 0; t < 64; t++) {
      if (t >= 16) w[t] = term(t - 16) + term(t - 15, smallSigma0) + term(t - 7) + term(t - 2, smallSigma1);
      this.fixed[t] = VARIES[t] ? w[t] : w[t] + K[t];
    }
  }
}
