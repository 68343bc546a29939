// No workers, by the browser or by a policy, with WebAssembly and without: the page's own thread solves, and the page is
// painted meanwhile. The work must be enough for that to be seen.
import assert from "node:assert/strict";
import { Person } from "../lib/person.mjs";
import { alter, challenged, form } from "../lib/site.mjs";

export default async function oneThread({ base, browsers }) {
  const browser = await browsers.launch();
  const told = [];
  for (const forbid of [workersUnknown, workersForbidden]) {
    for (const mayRunWasm of [true, false]) {
      const person = await Person.at(base, browser);
      await person.context.addInitScript(watch);
      await forbid(person.context);
      if (!mayRunWasm) await policy(person.context, (value) => value.replace(" 'wasm-unsafe-eval'", ""));
      const page = await person.page();
      const address = `${base}/?way=${forbid.name}-${mayRunWasm}`;
      await challenged(page, address);
      await form(page);
      assert.equal(page.url(), address);
      assert.equal(person.challenges, 1);
      const seen = JSON.parse(await page.evaluate(() => sessionStorage.seen));
      assert.equal(seen.instances > 0, mayRunWasm, "whether WebAssembly ran on the page's thread");
      assert(seen.painted >= 4, `the progress was painted ${seen.painted} times`);
      told.push({ way: forbid.name, wasm: mayRunWasm, ...seen });
    }
  }
  return told;
}

/** Keeps, for the page after this one, how often WebAssembly was begun and how many values of the progress were painted. */
function watch() {
  const seen = { instances: 0, painted: 0 };
  WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
    construct(target, given) {
      const instance = new target(...given);
      seen.instances += 1;
      return instance;
    },
  });
  let last;
  const look = () => {
    const now = document.querySelector("[role=progressbar]")?.getAttribute("aria-valuenow") ?? last;
    if (now !== last) seen.painted += 1;
    last = now;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
  addEventListener("pagehide", () => {
    if (document.querySelector("#levee")) sessionStorage.seen = JSON.stringify(seen);
  });
}

const workersUnknown = (context) => context.addInitScript(() => delete globalThis.Worker);

const workersForbidden = (context) => policy(context, (value) => value.replace("worker-src 'self'", "worker-src 'none'"));

/** Changes the policy of the page, which must have an effect: a page of another policy would prove nothing. */
const policy = (context, change) => alter(context, (url) => url.pathname === "/", (headers) => {
  const name = "content-security-policy";
  if (!headers[name].includes("worker-src")) return headers;
  const changed = change(headers[name]);
  assert.notEqual(changed, headers[name]);
  return { ...headers, [name]: changed };
});
