/** Attempts of the first calls, a power of two: engines swap in optimised code only between calls. */
const FIRST_CHUNK = 4096;

/** Attempts of all later calls: some milliseconds. */
const CHUNK = 65536;

/** Looks for the least number that solves a sub-puzzle. */
class Search {
  constructor(puzzle, engine) {
    this.puzzle = puzzle;
    this.engine = engine;
    this.chunk = FIRST_CHUNK;
  }

  /** The solution of sub-puzzle `index` that is not below [high, low], as eight bytes; `low` a multiple of the lanes. */
  solve(index, high = 0, low = 0) {
    const { puzzle, engine } = this;
    const [limit] = puzzle.below;
    for (;; high++, low = 0) {
      engine.begin(new Block(puzzle.message(index, high, 0)));
      while (low < 0x100000000) {
        const groups = Math.min(this.chunk, 0x100000000 - low) / engine.lanes;
        this.chunk = Math.min(CHUNK, this.chunk * 2);
        const group = engine.first(low, groups, limit);
        if (group < 0) {
          low += groups * engine.lanes;
          continue;
        }
        // The engine compares half of the threshold; here the whole of it decides, so that no engine can be wrong.
        low += group * engine.lanes;
        for (let lane = 0; lane < engine.lanes; lane++, low++) {
          if (puzzle.isSolvedBy(index, high, low)) return bigEndian(high, low);
        }
      }
    }
  }
}

const bigEndian = (high, low) => {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, high);
  view.setUint32(4, low);
  return bytes;
};
