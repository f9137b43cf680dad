/** When to start a process that died again; a value. */
export interface RestartPolicy {
  /** A process that lived at least so long did not die quickly. */
  readonly quickDeathMs: number;
  /** So many quick deaths in a row, and it is given up. */
  readonly maxQuickDeaths: number;
  readonly firstDelayMs: number;
  readonly longestDelayMs: number;
}

export const DEFAULT_RESTART_POLICY: RestartPolicy = Object.freeze({
  quickDeathMs: 30_000,
  maxQuickDeaths: 5,
  firstDelayMs: 250,
  longestDelayMs: 5_000,
});

/** Exit code of a worker whose configuration is wrong: it would be as wrong the next time. */
export const EXIT_CONFIG_INVALID = 2;

export interface Death {
  readonly livedMs: number;
  /** null: killed by a signal, or never started. */
  readonly exitCode: number | null;
  /** Quick deaths in a row before this one. */
  readonly quickDeathsBefore: number;
}

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delayMs: number; readonly quickDeaths: number }
  | { readonly kind: 'give_up'; readonly reason: string };

/** What to do after a death. The delay doubles with each quick death in a row. */
export function decideRestart(policy: RestartPolicy, death: Death): RestartDecision {
  if (death.exitCode === EXIT_CONFIG_INVALID) return { kind: 'give_up', reason: 'its configuration is invalid' };
  const quickDeaths = death.livedMs < policy.quickDeathMs ? death.quickDeathsBefore + 1 : 0;
  if (quickDeaths >= policy.maxQuickDeaths) {
    return { kind: 'give_up', reason: `it died ${quickDeaths} times in a row within ${policy.quickDeathMs / 1_000} s` };
  }
  const delayMs = policy.firstDelayMs * 2 ** Math.max(0, quickDeaths - 1);
  return { kind: 'restart', delayMs: Math.min(delayMs, policy.longestDelayMs), quickDeaths };
}
