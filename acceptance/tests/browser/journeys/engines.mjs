// What a browser cannot or may not run, the solver does without: vectors, WebAssembly, workers.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { SOLVER, alter, challenged, form } from "../lib/site.mjs";

export default async function engines({ base, browsers }) {
  const browser = await browsers.launch();
  const told = {};
  for (const [engine, restrict] of Object.entries({ simd: () => {}, wasm: withoutVectors, js: withoutWasm })) {
    const person = await Person.at(base, browser);
    await restrict(person.context);
    const page = await person.page();
    await challenged(page, `${base}/?engine=${engine}`);
    await form(page);
    assert.deepEqual([...person.engines], [engine]);
    assert.equal(person.challenges, 1);
    person.hasHadNoTrouble();
    told[engine] = person.challenges;
  }
  return told;
}

/** As where the processor has none: no module that adds them is valid. */
const withoutVectors = (context) => context.route(SOLVER, async (route) => {
  const response = await route.fetch();
  const prelude = `{
    const ADD = String.fromCharCode(0xfd, 0xae, 0x01);
    const { validate } = WebAssembly;
    WebAssembly.validate = (module) => validate(module) && !String.fromCharCode(...module).includes(ADD);
  }`;
  await route.fulfill({ response, body: prelude + await response.text() });
});

/** As where a policy forbids it. */
const withoutWasm = (context) =>
  alter(context, SOLVER, (headers) => ({ ...headers, "content-security-policy": "script-src 'none'" }));
