// What the page of the bench does when it is told to.
import { contestant, numberOf } from "./contestants.mjs";
import { Talk } from "./talk.mjs";
import { token } from "./token.mjs";

/** Hashes that a task of a trial takes on average: few, for each will be made again. */
const TRIAL_WORK = 1 << 10;

/** The solver as browsers start it, while it solves challenges. */
let solver;

/** Starts a worker for tasks of about `work` hashes, uses it and ends it. */
async function withWorker(variant, work, use) {
  const worker = await variant.open(work);
  try {
    return { puzzle: variant.puzzle, ...await use(worker) };
  } finally {
    worker.end();
  }
}

/** Solves a task of about `work` hashes. */
async function solveOne(worker, work) {
  const task = await worker.task(work);
  const start = performance.now();
  const n = await worker.solve(task);
  return { answer: { task, n }, milliseconds: performance.now() - start };
}

/** Solves tasks until they have taken so long together. */
async function solveFor(worker, work, duration) {
  const answers = [];
  let milliseconds = 0;
  while (milliseconds < duration) {
    const solved = await solveOne(worker, work);
    answers.push(solved.answer);
    milliseconds += solved.milliseconds;
  }
  return { answers, milliseconds };
}

/** Solves a few small tasks. */
export const trial = (name, tasks) =>
  withWorker(contestant(name), TRIAL_WORK, async (worker) => {
    const answers = [];
    while (answers.length < tasks) answers.push((await solveOne(worker, TRIAL_WORK)).answer);
    return { answers };
  });

/** Warms a new worker up and then has it solve tasks for so long. */
export const turn = (name, duration, warmUp) => {
  const variant = contestant(name);
  const { work, small } = variant;
  return withWorker(variant, work, async (worker) => {
    await solveFor(worker, small, warmUp);
    return solveFor(worker, work, duration);
  });
};

/** Starts the solver as browsers do; resolves to its kind. */
export async function openSolver() {
  solver = new Talk(new Worker("/solver.js"));
  // The first challenges warm it up.
  const { ready } = await solver.ask({ token: token(1 << 19, 32) });
  for (let index = 0; index < 32; index++) await solver.ask({ index });
  return ready;
}

/** Ends the solver. */
export const closeSolver = () => solver.end();

/** So many challenges. */
export const questions = (many, work, count) => Array.from({ length: many }, () => token(work, count));

/** Solves challenges, one sub-puzzle after the other, as the challenge page does. */
export async function challenges(questions, count) {
  const solved = [];
  for (const question of questions) {
    await solver.ask({ token: question });
    const solutions = [];
    const start = performance.now();
    for (let index = 0; index < count; index++) solutions.push((await solver.ask({ index })).solution);
    const milliseconds = performance.now() - start;
    const answers = solutions.map((solution, index) => ({ task: { token: question, index }, n: numberOf(solution) }));
    solved.push({ answers, milliseconds });
  }
  return solved;
}
