const ANSWER_WITHIN_MS = 2_000;

/** What `/readyz` says: ready, or why not (a worker that does not listen yet is "starting"). */
export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reasons: string };

/** Asks a worker whether it is ready. Never rejects. */
export async function askReadiness(url: string): Promise<Readiness> {
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    const body = (await response.json()) as { reasons?: readonly string[] };
    return response.ok ? { ready: true } : { ready: false, reasons: (body.reasons ?? []).join('; ') || 'starting' };
  } catch {
    return { ready: false, reasons: 'starting' };
  }
}

/** Asks a worker to drain. @returns whether it accepted */
export async function askToDrain(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/drain`, { method: 'POST', signal: AbortSignal.timeout(ANSWER_WITHIN_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
