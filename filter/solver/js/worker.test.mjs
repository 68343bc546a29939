// Talks to the worker as the page does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { SEARCHING, forbidden, number, run, vectors, withoutVectors } from "./sandbox.mjs";

/** The worker, with the globals that a worker has. */
function worker(globals) {
  class WorkerGlobalScope {}
  const answers = [];
  const self = Object.assign(new WorkerGlobalScope(), { postMessage: (answer) => answers.push(answer) });
  run([...SEARCHING, "worker"], "0", { self, WorkerGlobalScope, ...globals });
  return (data) => {
    self.onmessage({ data });
    return answers.pop();
  };
}

const WORLDS = [
  ["with vectors", "simd", {}],
  ["without vectors", "wasm", { WebAssembly: withoutVectors }],
  ["without WebAssembly", "js", { WebAssembly: undefined }],
  ["where a policy forbids WebAssembly", "js", { WebAssembly: forbidden }],
];

for (const [world, kind, globals] of WORLDS) {
  test(`${world}: finds the same least numbers as the verifier`, () => {
    for (const { token, solutions } of vectors) {
      const ask = worker(globals);
      const { ready, count } = ask({ token });
      assert.equal(ready, kind);
      assert.equal(count, solutions.length);
      solutions.forEach((n, index) => {
        const answer = ask({ index });
        assert.equal(answer.index, index);
        assert.equal(String(number(answer.solution)), n, `sub-puzzle ${index} of ${token}`);
      });
    }
  });
}

test("reports a token that is not a challenge, and goes on with one that is", () => {
  const [{ token }] = vectors;
  const altered = (offset, byte) => {
    const bytes = Buffer.from(token, "base64url");
    bytes.fill(byte, offset, offset + 1);
    return bytes.toString("base64url");
  };
  const withoutSubPuzzles = Buffer.from(token, "base64url").fill(0, 20, 22).toString("base64url");
  const ask = worker();
  for (const bad of [
    "AQEA", token.slice(4), `${token}AAAA`, "?", altered(0, 2), altered(1, 2), altered(3, 2), withoutSubPuzzles,
  ]) {
    assert.match(ask({ token: bad }).error, /./, bad);
  }
  assert.equal(ask({ token }).count, 32);
});

test("reports an index that comes before a token", () => {
  assert.match(worker()({ index: 0 }).error, /./);
});
