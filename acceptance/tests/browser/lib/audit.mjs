// Whether everybody can use a page, as far as a program can tell.
import assert from "node:assert/strict";
import { packages } from "./browsers.mjs";

/** A page at 400 % in a window of 1280 by 1024 pixels, as WCAG 1.4.10 has it. */
const NARROW = { width: 320, height: 256 };

/** The page has no fault that axe finds. Its context must not hold the page's policy against what is run in it. */
async function hasNoFault(page, name) {
  await page.evaluate(packages("axe-core").source);
  const { violations, passes } = await page.evaluate(() => axe.run(document));
  const faults = violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ")}`);
  assert.deepEqual(faults, [], name);
  assert(passes.length > 10, `${name}: axe has checked nothing`);
  return passes.length;
}

/** Nothing of the page has to be scrolled sideways, however narrow the window or large the text is. */
async function fits(page, name) {
  const before = page.viewportSize();
  await page.setViewportSize(NARROW);
  const { scrollWidth } = await page.evaluate(() => ({ scrollWidth: document.scrollingElement.scrollWidth }));
  assert(scrollWidth <= NARROW.width, `${name} is ${scrollWidth} pixels wide`);
  await page.setViewportSize(before);
}

/** Audits what a page shows in light and in dark colours; tells how many of axe's rules it passes. */
export async function audit(page, name) {
  const passed = {};
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    passed[`${name} ${colorScheme}`] = await hasNoFault(page, `${name}, ${colorScheme}`);
  }
  await fits(page, name);
  return passed;
}
