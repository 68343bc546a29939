// friendly-pow's WebAssembly solver as its widget's worker calls it: one call finds the number, which it leaves in the
// last four bytes of the puzzle.
import { getWasmSolver } from "/npm/friendly-pow/api/wasm.js";

import { bytesOf } from "../random.mjs";

export default async () => {
  const module = await WebAssembly.compileStreaming(fetch("/npm/friendly-pow/wasm/optimized.wasm"));
  const solve = await getWasmSolver(module);
  return ({ puzzle, threshold }) => {
    const [solution, hash] = solve(bytesOf(puzzle), threshold);
    if (!hash.length) throw new Error("no solution");
    return new DataView(solution.buffer, solution.byteOffset).getUint32(124, true);
  };
};
