// @cap.js/wasm as its widget calls it: one call finds the number.
import init, { solve_pow } from "/npm/@cap.js/wasm/browser/cap_wasm.js";

export default async () => {
  await init();
  return ({ salt, target }) => Number(solve_pow(salt, target));
};
