// What the tests of the solver's script share: its parts in a world of their own.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const here = (name) => new URL(name, import.meta.url);

/** Challenges, and the least numbers that solve their sub-puzzles; the filter's own verifier has found them. */
export const vectors = JSON.parse(readFileSync(here("vectors.json"), "utf8"));

/** WebAssembly as an engine has it that knows no vectors. */
export const withoutVectors = Object.create(WebAssembly, {
  validate: {
    value: (module) => WebAssembly.validate(module) && !Buffer.from(module).includes(Buffer.from([0xfd, 0xae, 0x01])),
  },
});

/** WebAssembly as it is where a policy forbids it. */
export const forbidden = Object.create(WebAssembly, {
  Module: {
    value: class Module {
      constructor() {
        throw new WebAssembly.CompileError("blocked by Content Security Policy");
      }
    },
  },
});

/** The parts of that name in order, in a world with these globals; the result of `expression` there. */
export function run(parts, expression, globals = {}) {
  const context = vm.createContext({ atob, WebAssembly, ...globals });
  for (const part of parts) vm.runInContext(readFileSync(here(`${part}.js`), "utf8"), context, { filename: part });
  return vm.runInContext(expression, context);
}

/** The parts that search, without those that talk. */
export const SEARCHING = ["sha256", "block", "puzzle", "kernel", "engines", "search"];

/** Bytes as a big-endian number. */
export const number = (bytes) => [...bytes].reduce((high, byte) => high * 256n + BigInt(byte), 0n);
