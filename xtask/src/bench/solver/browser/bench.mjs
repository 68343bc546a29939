// Measures solvers in a real browser: reads a plan, as JSON, from the standard input, and writes a line of JSON for
// each thing that happens: {progress: {done, total, what}}, {failed: {variant, why}}, and at the end {measured: ...}.
//
// One page of Chromium runs one dedicated worker at a time. Every answer is computed again here, with another
// implementation; a wrong one ends the bench, since a rate of wrong answers is the rate of nothing.
import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import os from "node:os";
import path from "node:path";

import { hashesOf, isSolution, isTheFirst, LEVEE } from "./puzzles.mjs";
import { serve } from "./server.mjs";

/** Puzzles of each variant whose answers are searched for once more from the start, to see that hashes are counted right. */
const TRIALS = 3;
/** Challenges between two reports of progress. */
const BATCH = 20;
/** How often each challenge is solved: the same hashes, at moments far apart. */
const PASSES = 3;

const tell = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Something that went wrong with one variant. */
class VariantError extends Error {
  constructor(variant, cause) {
    super(cause.message);
    this.variant = variant;
  }
}

const shuffled = (items) => {
  const order = [...items];
  for (let left = order.length; left > 1; left--) {
    const drawn = Math.floor(Math.random() * left);
    [order[left - 1], order[drawn]] = [order[drawn], order[left - 1]];
  }
  return order;
};

/** Calls a function of the page's module. */
const inPage = (page, name, ...given) =>
  page.evaluate(async ([name, given]) => (await import("/bench/page.mjs"))[name](...given), [name, given]);

/** Checks what a variant answered; returns the hashes that it made. */
function check(variant, puzzle, answers) {
  let hashes = 0;
  for (const { task, n } of answers) {
    assert(isSolution(puzzle, task, n), `${n} does not solve ${JSON.stringify(task)}`);
    hashes += hashesOf(puzzle, n);
  }
  return hashes;
}

async function tryOut(page, variant) {
  const { puzzle, answers } = await inPage(page, "trial", variant, TRIALS);
  check(variant, puzzle, answers);
  for (const { task, n } of answers) {
    assert(isTheFirst(puzzle, task, n), `${n} solves ${JSON.stringify(task)}, but so does a lesser number`);
  }
}

async function takeTurn(page, variant, plan) {
  const { puzzle, answers, milliseconds } = await inPage(page, "turn", variant, plan.milliseconds, plan.warm_up_milliseconds);
  return { hashes: check(variant, puzzle, answers), milliseconds };
}

async function solveChallenges(page, plan, progressed) {
  const kind = await inPage(page, "openSolver");
  const questions = await inPage(page, "questions", plan.challenges, plan.work, plan.sub_puzzles);
  const solves = questions.map(() => ({ hashes: undefined, milliseconds: [] }));
  for (let pass = 0; pass < PASSES; pass++) {
    for (let from = 0; from < questions.length; from += BATCH) {
      const batch = questions.slice(from, from + BATCH);
      const solved = await inPage(page, "challenges", batch, plan.sub_puzzles);
      solved.forEach(({ answers, milliseconds }, at) => {
        assert.equal(answers.length, plan.sub_puzzles, "a challenge was not solved to its end");
        const solve = solves[from + at];
        solve.hashes = check(kind, LEVEE, answers);
        solve.milliseconds.push(milliseconds);
      });
      progressed(pass * questions.length + from + batch.length);
    }
  }
  await inPage(page, "closeSolver");
  return { kind, solves };
}

async function measure(browser, base, plan) {
  // Before there is any of our own.
  const [load] = os.loadavg();
  const page = await browser.newPage();
  await page.goto(base);
  const turns = plan.variants.length * plan.rounds;
  const solving = plan.challenges * PASSES;
  const total = plan.variants.length + turns + Math.ceil(solving / BATCH);
  let done = 0;
  const step = async (what, variant, work) => {
    tell({ progress: { done, total, what } });
    try {
      return await work();
    } catch (cause) {
      throw new VariantError(variant, cause);
    } finally {
      done += 1;
    }
  };

  for (const variant of plan.variants) {
    await step(`trying ${variant}`, variant, () => tryOut(page, variant));
  }
  const rounds = [];
  for (let round = 1; round <= plan.rounds; round++) {
    const measured = {};
    for (const variant of shuffled(plan.variants)) {
      const what = `round ${round}: ${variant}`;
      measured[variant] = await step(what, variant, () => takeTurn(page, variant, plan));
    }
    rounds.push(measured);
  }
  const before = done;
  const { kind, solves } = await step("challenges", "challenges", () =>
    solveChallenges(page, plan, (solved) => {
      done = before + Math.floor(solved / BATCH);
      tell({ progress: { done, total, what: `challenge ${solved} of ${solving}` } });
    }));
  return {
    browser: browser.version(),
    processor: os.cpus()[0]?.model ?? "unknown",
    cores: os.cpus().length,
    load,
    rounds,
    solver: kind,
    solves,
  };
}

const plan = JSON.parse(readFileSync(0, "utf8"));
const { chromium } = createRequire(path.join(path.resolve(plan.playwright), "require.js"))("playwright-core");
const server = await serve(plan);
const browser = await chromium.launch({
  executablePath: plan.chromium,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"],
});
try {
  tell({ measured: await measure(browser, server.base, plan) });
} catch (failure) {
  tell({ failed: { variant: failure.variant ?? null, why: failure.message } });
  process.exitCode = 1;
} finally {
  await browser.close();
  server.close();
}
