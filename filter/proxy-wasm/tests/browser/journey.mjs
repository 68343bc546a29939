// A patient's way in a real browser: two tabs are challenged at once, both solve, both show the booking form, and one of
// them books a number.
//
//     node journey.mjs BASE_URL OUTPUT_DIR [--locale vi-VN] [--viewport 360x740] [--without-wasm]
//
// LEVEE_CHROMIUM names the browser and LEVEE_NODE_MODULES the folder that holds playwright-core. The site's free lane
// must be spent, so that a visit is challenged. Screenshots go to OUTPUT_DIR. The last line of the output is the
// outcome, as JSON; a failure is told on stderr, with exit code 1.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { parseArgs } from "node:util";

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    locale: { type: "string", default: "vi-VN" },
    viewport: { type: "string", default: "360x740" },
    "without-wasm": { type: "boolean", default: false },
  },
});
const [base, output] = positionals;
const { LEVEE_CHROMIUM, LEVEE_NODE_MODULES } = process.env;
assert(base && output, "usage: node journey.mjs BASE_URL OUTPUT_DIR [options]");
assert(LEVEE_CHROMIUM && LEVEE_NODE_MODULES, "LEVEE_CHROMIUM and LEVEE_NODE_MODULES must be set");
const { chromium } = createRequire(path.join(path.resolve(LEVEE_NODE_MODULES), "require.js"))("playwright-core");

const SOLVER = /\/\.well-known\/levee\/solver-[^/]+\.js$/;
const REDEEM = /\/\.well-known\/levee\/redeem$/;
const TIMEOUT = 60_000;

/** What the pages do that they should not: errors of scripts, and whatever a content security policy stops. */
function watch(page, troubles) {
  page.on("pageerror", (error) => troubles.push(String(error)));
  page.on("console", (message) => {
    if (/Content Security Policy/i.test(message.text())) troubles.push(message.text());
  });
}

/** Notes, in the page's console, which solver each worker runs. */
function tellSolver() {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => data.ready && console.info(`levee solver: ${data.ready}`));
    }
  };
}

async function journey(browser) {
  const [width, height] = options.viewport.split("x").map(Number);
  const context = await browser.newContext({ locale: options.locale, viewport: { width, height } });
  context.setDefaultTimeout(TIMEOUT);
  await context.addInitScript(tellSolver);
  const requests = [];
  context.on("request", (request) => requests.push(request.url()));
  if (options["without-wasm"]) {
    // As where a policy of the network or the device forbids WebAssembly.
    await context.route(SOLVER, async (route) => {
      const response = await route.fetch();
      const headers = { ...response.headers(), "content-security-policy": "script-src 'none'" };
      await route.fulfill({ response, headers });
    });
  }
  // No solution leaves before both tabs have been challenged.
  let challenged = 0;
  let release;
  const bothChallenged = new Promise((resolve) => { release = resolve; });
  await context.route(REDEEM, async (route) => {
    await bothChallenged;
    await route.continue();
  });

  const troubles = [];
  const solvers = new Set();
  const tabs = await Promise.all(["first", "second"].map(async (name) => {
    const page = await context.newPage();
    watch(page, troubles);
    page.on("console", (message) => {
      const [, kind] = /^levee solver: (\w+)$/.exec(message.text()) ?? [];
      if (kind) solvers.add(kind);
    });
    const address = `${base}/?tab=${name}#form`;
    const started = Date.now();
    const response = await page.goto(address, { waitUntil: "commit" });
    assert.equal(response.status(), 403, `the ${name} tab should be challenged`);
    assert.equal(response.headers()["cache-control"], "no-store");
    await page.locator("main#levee").waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), options.locale.slice(0, 2));
    const bar = page.getByRole("progressbar");
    assert.match(await bar.getAttribute("aria-valuenow"), /^\d+$/);
    await page.screenshot({ path: path.join(output, `challenge-${name}.png`) });
    challenged += 1;
    if (challenged === 2) release();
    await page.locator('form[action^="/book"]').waitFor();
    assert.equal(page.url(), address, "the address should be the one that was asked for");
    return { page, milliseconds: Date.now() - started };
  }));

  const [{ page }] = tabs;
  await page.screenshot({ path: path.join(output, "form.png"), fullPage: true });
  const department = page.locator('input[name="department"]').first();
  const day = page.locator('input[name="day"]').last();
  await department.check();
  await day.check();
  await Promise.all([
    page.waitForURL(/\/ticket\//),
    page.locator('form[action^="/book"] button[type="submit"]').click(),
  ]);
  const number = (await page.locator(".ticket .number").innerText()).trim();
  await page.screenshot({ path: path.join(output, "ticket.png"), fullPage: true });

  assert.match(number, /\d/, "the ticket should show a number");
  assert.deepEqual(troubles, [], "no script should fail and no policy should stop anything");
  const foreign = requests.filter((url) => !url.startsWith(base) && !url.startsWith("data:"));
  assert.deepEqual(foreign, [], "nothing should be asked of other sites");
  const expected = options["without-wasm"] ? "js" : "wasm";
  assert.deepEqual([...solvers], [expected], "the solver that ran");
  return {
    solver: expected,
    locale: options.locale,
    milliseconds_to_form: tabs.map((tab) => tab.milliseconds),
    ticket: new URL(page.url()).pathname,
    number,
  };
}

mkdirSync(output, { recursive: true });
const browser = await chromium.launch({
  executablePath: LEVEE_CHROMIUM,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
try {
  console.log(JSON.stringify(await journey(browser)));
} catch (failure) {
  console.error(`journey failed: ${failure.message}`);
  process.exitCode = 1;
} finally {
  await browser.close();
}
