// The solver in a browser that has less: ?without=simd or ?without=wasm.
"use strict";

const without = new URLSearchParams(self.location.search).get("without");
if (without === "wasm") {
  Object.defineProperty(self, "WebAssembly", { value: undefined });
} else {
  // Scripts ask for a feature with a module of a few bytes that uses it, and this byte begins every vector instruction.
  const validate = WebAssembly.validate.bind(WebAssembly);
  WebAssembly.validate = (module) => validate(module) && !new Uint8Array(module.buffer ?? module).includes(0xfd);
}
importScripts("/solver.js");
