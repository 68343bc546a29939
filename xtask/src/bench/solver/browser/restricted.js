// The solver in a browser that has less: ?without=simd or ?without=wasm.
"use strict";

const without = new URLSearchParams(self.location.search).get("without");
if (without === "wasm") {
  Object.defineProperty(self, "WebAssembly", { value: undefined });
} else {
  // i32x4.add, without which no solver with vectors does.
  const ADDITION = [0xfd, 0xae, 0x01];
  const validate = WebAssembly.validate.bind(WebAssembly);
  WebAssembly.validate = (module) =>
    validate(module) && !module.some((_, at) => ADDITION.every((byte, next) => module[at + next] === byte));
}
importScripts("/solver.js");
