// Talks to the worker script as the page does. `LEVEE_SOLVER_JS` names a built one, which must then solve in
// WebAssembly; without it, the source itself is tested, which solves in plain JavaScript.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import vm from "node:vm";

const { LEVEE_SOLVER_JS } = process.env;
const here = (name) => new URL(name, import.meta.url);
const script = readFileSync(LEVEE_SOLVER_JS ?? here("worker.js"), "utf8");
const vectors = JSON.parse(readFileSync(here("vectors.json"), "utf8"));

/** The worker, with the globals that a worker has. */
function worker(extra = {}) {
  const answers = [];
  const self = { postMessage: (message) => answers.push(message) };
  vm.runInNewContext(script, { self, atob, TextDecoder, TextEncoder, WebAssembly, ...extra });
  return (data) => {
    self.onmessage({ data });
    return answers.pop();
  };
}

const big = (bytes) => bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n);

function solvesTheVectors(kind, extra) {
  for (const { token, solutions } of vectors) {
    const ask = worker(extra);
    const { ready, count } = ask({ token });
    assert.equal(ready, kind);
    assert.equal(count, solutions.length);
    solutions.forEach((n, index) => {
      const answer = ask({ index });
      assert.equal(answer.index, index);
      assert.equal(String(big([...answer.solution])), n, `sub-puzzle ${index} of ${token}`);
    });
  }
}

test("finds the same least numbers as the verifier", () => {
  solvesTheVectors(LEVEE_SOLVER_JS ? "wasm" : "js", {});
});

test("falls back to JavaScript where there is no WebAssembly", () => {
  solvesTheVectors("js", { WebAssembly: undefined });
});

test("falls back to JavaScript where a policy forbids WebAssembly", () => {
  class Module {
    constructor() {
      throw new WebAssembly.CompileError("blocked by Content Security Policy");
    }
  }
  solvesTheVectors("js", { WebAssembly: { ...WebAssembly, Module, Instance: WebAssembly.Instance } });
});

for (const [kind, extra] of [["this solver", {}], ["the fallback", { WebAssembly: undefined }]]) {
  test(`${kind} reports a token that is not a challenge`, () => {
    const [{ token }] = vectors;
    const otherAlgorithm = Buffer.from(token, "base64url");
    otherAlgorithm[3] = 2;
    for (const bad of ["AQEA", token.slice(4), `${token}AAAA`, otherAlgorithm.toString("base64url"), "?"]) {
      assert.match(worker(extra)({ token: bad }).error, /./, bad);
    }
  });

  test(`${kind} reports an index that comes before a token`, () => {
    assert.match(worker(extra)({ index: 0 }).error, /./);
  });
}
