/** What has to be undone at the end, the last first. */
export interface Cleanup {
  /** @param step resolves with whether all went in order; a throw counts as not */
  add(what: string, step: () => Promise<boolean>): void;
  /** Runs all steps once, whatever any of them does. @returns whether all went in order */
  run(): Promise<boolean>;
}

/** @param onError told of a step that threw */
export function createCleanup(onError: (what: string, error: unknown) => void): Cleanup {
  const steps: { what: string; step: () => Promise<boolean> }[] = [];
  return {
    add: (what, step) => void steps.push({ what, step }),
    async run() {
      let isClean = true;
      for (let next = steps.pop(); next; next = steps.pop()) {
        const { what, step } = next;
        const wentWell = await step().catch((error: unknown) => {
          onError(what, error);
          return false;
        });
        isClean &&= wentWell;
      }
      return isClean;
    },
  };
}
