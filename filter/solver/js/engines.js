// Three ways to make attempts. An engine has `lanes`, `begin(block)`, and `first(low, groups, limit)` as the kernel has it.

/** In WebAssembly, `lanes` attempts at a time. Throws where that is missing, not allowed, or has no vectors. */
class WasmEngine {
  constructor(lanes) {
    const module = kernel(lanes);
    if (!WebAssembly.validate(module)) throw new Error("no vectors");
    const { memory, first } = new WebAssembly.Instance(new WebAssembly.Module(module)).exports;
    this.lanes = lanes;
    this.memory = new Int32Array(memory.buffer);
    this.first = first;
    this.write(MEMORY.constants, K);
    this.write(MEMORY.initial, INITIAL.subarray(0, 1));
    this.write(MEMORY.laneNumbers, [0, 1, 2, 3]);
  }

  write(address, words) {
    this.memory.set(words, address >> 2);
  }

  begin({ state, fixed }) {
    this.write(MEMORY.state, state);
    this.write(MEMORY.fixed, fixed);
  }
}

/** In plain JavaScript, one attempt at a time. */
class PlainEngine {
  constructor() {
    this.lanes = 1;
    this.w = new Int32Array(64);
    this.state = new Int32Array(8);
  }

  begin({ message, state }) {
    this.w.set(message);
    this.before = state;
  }

  first(low, groups, limit) {
    const { w, state, before } = this;
    for (let group = 0; group < groups; group++) {
      const attempt = (low + group) | 0;
      w[LOW_WORD] = attempt;
      expand(w);
      state.set(before);
      state[0] += attempt;
      state[4] += attempt;
      rounds(state, w, LOW_WORD + 1, 64);
      if ((state[0] + INITIAL[0]) >>> 0 <= limit) return group;
    }
    return -1;
  }
}

const ENGINES = [
  ["simd", () => new WasmEngine(4)],
  ["wasm", () => new WasmEngine(1)],
  ["js", () => new PlainEngine()],
];

/** The fastest engine that runs here, with its name. */
const fastestEngine = () => {
  for (const [name, start] of ENGINES) {
    try {
      return [name, start()];
    } catch (unavailable) {
      // The next one asks for less; the last one for nothing.
    }
  }
};
