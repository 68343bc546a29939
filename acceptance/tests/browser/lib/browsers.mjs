// Chromium, started as often as a journey wants it.
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";

const { LEVEE_CHROMIUM, LEVEE_NODE_MODULES, LEVEE_BROWSER_HEADERS = "{}" } = process.env;
assert(LEVEE_CHROMIUM && LEVEE_NODE_MODULES, "LEVEE_CHROMIUM and LEVEE_NODE_MODULES must be set");

/** Finds packages in LEVEE_NODE_MODULES. */
export const packages = createRequire(path.join(path.resolve(LEVEE_NODE_MODULES), "require.js"));
const { chromium } = packages("playwright-core");

/** What all people at browsers have in common, as playwright has it for a context: where a site's host is behind others, its
 * visitors' requests have headers of those. */
export const CONTEXT = { locale: "en-GB", extraHTTPHeaders: JSON.parse(LEVEE_BROWSER_HEADERS) };

const ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"];

export class Browsers {
  #open = [];
  #folders = [];

  /** A browser; `program` stands in for it, `flags` are its own and `settings` playwright's. */
  async launch({ program = LEVEE_CHROMIUM, flags = [], ...settings } = {}) {
    const browser = await chromium.launch({ executablePath: program, args: [...ARGUMENTS, ...flags], ...settings });
    this.#open.push(browser);
    return browser;
  }

  /** The only context of a browser whose owner has changed these settings of the profile; `context` are playwright's. */
  async launchWithPreferences(preferences, context = {}) {
    const folder = mkdtempSync(path.join(tmpdir(), "levee-profile-"));
    this.#folders.push(folder);
    mkdirSync(path.join(folder, "Default"));
    writeFileSync(path.join(folder, "Default/Preferences"), JSON.stringify(preferences));
    const options = { executablePath: LEVEE_CHROMIUM, args: ARGUMENTS, ...CONTEXT, ...context };
    const opened = await chromium.launchPersistentContext(folder, options);
    this.#open.push(opened);
    return opened;
  }

  /** What all pages show, to tell of a journey that failed. */
  shown() {
    const contexts = this.#open.flatMap((opened) => opened.contexts?.() ?? [opened]);
    const text = async (page) => `${page.url()}\n${await page.locator("body").innerText({ timeout: 1000 })}`;
    return Promise.all(contexts.flatMap((context) => context.pages()).map((page) => text(page).catch(String)));
  }

  async close() {
    await Promise.all(this.#open.map((browser) => browser.close()));
    this.#folders.forEach((folder) => rmSync(folder, { recursive: true, force: true }));
  }
}
