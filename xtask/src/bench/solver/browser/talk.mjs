// Questions and answers between the page and a worker, one at a time.

/** How long an answer may take, in milliseconds. */
const PATIENCE = 60_000;

/** A conversation with a worker, which it ends when it goes wrong. */
export class Talk {
  constructor(worker) {
    this.worker = worker;
  }

  /** Resolves to the answer; rejects when the worker fails, says so, or says nothing. */
  async ask(question) {
    const { worker } = this;
    let patience;
    try {
      return await new Promise((resolve, reject) => {
        patience = setTimeout(() => reject(new Error(`no answer within ${PATIENCE / 1000} s`)), PATIENCE);
        worker.onmessage = ({ data }) => {
          if (data === null) reject(new Error("the worker gave up"));
          else if (data.error) reject(new Error(String(data.error)));
          else resolve(data);
        };
        worker.onerror = ({ message }) => reject(new Error(message || "the worker's script cannot be loaded"));
        worker.postMessage(question);
      });
    } catch (failure) {
      this.end();
      throw failure;
    } finally {
      clearTimeout(patience);
    }
  }

  end() {
    this.worker.terminate();
  }
}
