// The page of a challenge in the middle of solving, as people see it: in both languages, on a phone and on a desktop, in light
// and in dark colours. OPTIONS: folder, where the pictures go.
import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Person } from "../lib/person.mjs";
import { small } from "../lib/png.mjs";
import { challenged } from "../lib/site.mjs";

const DEVICES = {
  phone: { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true },
  desktop: { viewport: { width: 1280, height: 800 } },
};

/** The documentation holds these pictures, and readers download them. */
const MOST_BYTES = 60_000;

/** Of 32 sub-puzzles, those that are solved. */
const SOLVED = 19;

export default async function screenshots({ base, browsers, folder }) {
  mkdirSync(folder, { recursive: true });
  const browser = await browsers.launch({ flags: ["--disable-lcd-text"] });
  const pictures = [];
  for (const [device, settings] of Object.entries(DEVICES)) {
    for (const [language, locale] of [["vi", "vi-VN"], ["en", "en-GB"]]) {
      const person = await Person.at(base, browser, { ...settings, locale });
      await person.context.addInitScript(solveOnly, SOLVED);
      const page = await person.page();
      await challenged(page, base);
      const done = String(Math.round((100 * SOLVED) / 32));
      await page.locator(`[role=progressbar][aria-valuenow="${done}"]`).waitFor();
      for (const colorScheme of ["light", "dark"]) {
        await page.emulateMedia({ colorScheme });
        const name = `challenge-${device}-${language}-${colorScheme}.png`;
        const picture = small(await page.screenshot({ animations: "disabled" }));
        assert(picture.length < MOST_BYTES, `${name} has ${picture.length} bytes`);
        writeFileSync(path.join(folder, name), picture);
        pictures.push(name);
      }
      person.hasHadNoTrouble();
      await person.context.close();
    }
  }
  assert.equal(pictures.length, 8);
  return { pictures };
}

/** Keeps from the page what workers solve beyond the first sub-puzzles. */
function solveOnly(count) {
  const { Worker } = globalThis;
  globalThis.Worker = class extends Worker {
    set onmessage(hear) {
      super.onmessage = (event) => event.data.index >= count || hear(event);
    }
  };
}
