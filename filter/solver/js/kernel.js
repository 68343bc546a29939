// SHA-256 in WebAssembly, cut down to what an attempt needs and written here instruction by instruction: one attempt at a
// time in 32-bit words, or four side by side in 128-bit vectors. No compiler stands in between, so the rounds reach the
// engine in the order that keeps the fewest values alive, and the module need not be sent.
//
// An expression is a (nested) list of bytes that leaves one value on the stack.

/** The bytes of an expression in order. */
const flat = (expression, bytes = []) => {
  if (typeof expression === "number") bytes.push(expression);
  else for (let i = 0; i < expression.length; i++) flat(expression[i], bytes);
  return bytes;
};

const unsigned = (n) => n < 0x80 ? [n] : [n & 0x7f | 0x80, unsigned(n >>> 7)];
const signed = (n) => n >= -0x40 && n < 0x40 ? [n & 0x7f] : [n & 0x7f | 0x80, signed(n >> 7)];
const sized = (expression) => {
  const bytes = flat(expression);
  return [unsigned(bytes.length), bytes];
};
const section = (id, content) => [id, sized(content)];

const I32 = 0x7f;
const V128 = 0x7b;
const LOOP = [0x03, 0x40];
const IF = [0x04, 0x40];
const REPEAT_IF = [0x0d, 0];
const RETURN = 0x0f;
const END = 0x0b;

const get = (local) => [0x20, unsigned(local)];
const set = (local, value) => [value, 0x21, unsigned(local)];
const number = (n) => [0x41, signed(n)];
const sum = (x, y) => [x, y, 0x6a];

/** Where the module's memory holds what: words, but for the lane numbers, which are a vector. */
const MEMORY = { state: 0, fixed: 32, constants: 288, initial: 544, laneNumbers: 560 };

/** How both widths do the operations of SHA-256, lane by lane. */
const vector = (code) => [0xfd, unsigned(code)];
const WIDTHS = {
  1: {
    type: I32,
    add: 0x6a, and: 0x71, xor: 0x73, shr: 0x76,
    rotr: (x, n) => [x, number(n), 0x78],
    load: [0x28, 2],
    splat: [],
    counting: [],
    anyAtMost: 0x4d,
  },
  4: {
    type: V128,
    add: vector(0xae), and: vector(0x4e), xor: vector(0x51), shr: vector(0xad),
    rotr: (x, n) => [x, number(n), vector(0xad), x, number(32 - n), vector(0xab), vector(0x50)],
    load: [vector(0x09), 2], // v128.load32_splat: the word goes into every lane on its way from memory.
    splat: vector(0x11),
    counting: [number(0), vector(0x00), 4, unsigned(MEMORY.laneNumbers), vector(0xae)],
    anyAtMost: [vector(0x3e), vector(0x53)],
  },
};

/**
 * A module that exports its memory, `memory`, and a function `first(low, groups, limit)`: tries the numbers from `low` on in
 * `groups` (at least one) groups of `lanes`, and returns which group is the first to hold a digest whose first word is at
 * most `limit`, or -1. The memory must hold a block, as MEMORY says.
 */
const kernel = (lanes) => {
  const width = WIDTHS[lanes];
  const binary = (code) => (x, y) => [x, y, code];
  const [add, and, xor] = [width.add, width.and, width.xor].map(binary);
  const shr = (x, n) => [x, number(n), width.shr];
  const { rotr } = width;
  const load = (base, index = 0) => [number(0), width.load, unsigned(base + 4 * index)];

  // Locals: three parameters and a counter, then vectors.
  const [low, groups, limit, group] = [0, 1, 2, 3];
  let locals = 4;
  const local = () => locals++;
  const [attempt, most, t1, agreement, lastAgreement] = [local(), local(), local(), local(), local()];
  const ring = Array.from({ length: 16 }, local);
  let state = Array.from({ length: 8 }, local);
  const word = (t) => ring[t % 16];

  const smallSigma = (x, a, b, c) => xor(xor(rotr(x, a), rotr(x, b)), shr(x, c));
  const bigSigma = (x, a, b, c) => xor(xor(rotr(x, a), rotr(x, b)), rotr(x, c));

  /** Word `t` of the schedule, t >= 16, from its terms that vary and the sum of those that do not. */
  const scheduled = (t) => {
    const terms = [];
    if ([16, 15, 7, 2].some((back) => !VARIES[t - back])) terms.push(load(MEMORY.fixed, t));
    if (VARIES[t - 16]) terms.push(get(word(t - 16)));
    if (VARIES[t - 7]) terms.push(get(word(t - 7)));
    if (VARIES[t - 15]) terms.push(smallSigma(get(word(t - 15)), 7, 18, 3));
    if (VARIES[t - 2]) terms.push(smallSigma(get(word(t - 2)), 17, 19, 10));
    return terms.reduce(add);
  };

  const round = (t) => {
    const [a, b, c, d, e, f, g, h] = state.map(get);
    const [, , , atD, , , , atH] = state;
    const input = VARIES[t] ? add(load(MEMORY.constants, t), get(word(t))) : load(MEMORY.fixed, t);
    const choice = xor(and(xor(f, g), e), g);
    // Where `a` and `b` agree they are the majority, and where `b` and `c` do; the latter the last round knows.
    const majority = xor(and(get(agreement), get(lastAgreement)), b);
    state = [atH, ...state.slice(0, 7)];
    return [
      VARIES[t] ? set(word(t), scheduled(t)) : [],
      set(t1, add(add(add(h, input), bigSigma(e, 6, 11, 25)), choice)),
      set(atD, add(d, get(t1))),
      set(agreement, xor(a, b)),
      set(atH, add(add(bigSigma(a, 2, 13, 22), majority), get(t1))),
      set(lastAgreement, get(agreement)),
    ];
  };

  const begin = state.map((at, i) => {
    const known = load(MEMORY.state, i);
    return set(at, i === 0 || i === 4 ? add(known, get(attempt)) : known);
  });
  const [, b, c] = state;
  const compression = [begin, set(word(LOW_WORD), get(attempt)), set(lastAgreement, xor(get(b), get(c)))];
  for (let t = LOW_WORD + 1; t < 64; t++) compression.push(round(t));
  const digest = add(get(state[0]), load(MEMORY.initial));

  const body = [
    set(attempt, [get(low), width.splat, width.counting]),
    set(most, [get(limit), width.splat]),
    LOOP,
    compression,
    [digest, get(most), width.anyAtMost], IF, get(group), RETURN, END,
    set(attempt, add(get(attempt), [number(lanes), width.splat])),
    set(group, sum(get(group), number(1))),
    [get(group), get(groups), 0x49], REPEAT_IF,
    END,
    number(-1),
    END,
  ];
  const declared = [2, 1, I32, unsigned(locals - 4), width.type];
  const text = (name) => sized([...name].map((letter) => letter.charCodeAt(0)));
  return Uint8Array.from(flat([
    [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    section(1, [1, 0x60, sized([I32, I32, I32]), sized([I32])]),
    section(3, [1, 0]),
    section(5, [1, 0, 1]),
    section(7, [2, text("memory"), 2, 0, text("first"), 0, 0]),
    section(10, [1, sized([declared, body])]),
  ]));
};
