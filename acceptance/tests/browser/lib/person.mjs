// Somebody at a browser, and what their browser does meanwhile.
import assert from "node:assert/strict";
import { CONTEXT } from "./browsers.mjs";

/** Bounds every wait, so that a journey which is stuck fails; no journey is about time. */
const PATIENCE = 60_000;

/** Tells on the console which engine each worker has found. */
function tellEngines() {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      this.addEventListener("message", ({ data }) => data.ready && console.info(`levee engine: ${data.ready}`));
    }
  };
}

export class Person {
  /** What pages did that they should not: errors of scripts, and whatever a policy had to stop. */
  troubles = [];
  /** The engines that workers have told. */
  engines = new Set();
  /** The address and status of every document that was received, in order. */
  documents = [];
  #requests = [];

  constructor(base, context) {
    this.base = base;
    this.context = context;
    context.setDefaultTimeout(PATIENCE);
    context.on("request", (request) => this.#requests.push(request.url()));
    context.on("response", (response) => {
      if (response.request().isNavigationRequest()) this.documents.push([response.url(), response.status()]);
    });
  }

  /** `options` are playwright's for a context. */
  static async at(base, browser, options = {}) {
    const person = new Person(base, await browser.newContext({ ...CONTEXT, ...options }));
    if (options.javaScriptEnabled !== false) await person.context.addInitScript(tellEngines);
    return person;
  }

  async page() {
    const page = await this.context.newPage();
    page.on("pageerror", (error) => this.troubles.push(String(error)));
    page.on("console", (message) => {
      const text = message.text();
      if (/Content Security Policy/i.test(text)) this.troubles.push(text);
      const [, engine] = /^levee engine: (\w+)$/.exec(text) ?? [];
      if (engine) this.engines.add(engine);
    });
    return page;
  }

  /** How often a challenge came as a page. */
  get challenges() {
    return this.documents.filter(([, status]) => status === 403).length;
  }

  /** Nothing went wrong unseen, and no other site has heard of the visit. */
  hasHadNoTrouble() {
    assert.deepEqual(this.troubles, [], "no script should fail and no policy should stop anything");
    const foreign = this.#requests.filter((url) => !url.startsWith(this.base) && !url.startsWith("data:"));
    assert.deepEqual(foreign, [], "nothing should be asked of other sites");
  }
}
