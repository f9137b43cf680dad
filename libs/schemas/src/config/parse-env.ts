import { z } from 'zod';
import { TidemarkError } from '../errors/tidemark-error.ts';

/** Environment variables, or any options by name and text. */
export type Env = Readonly<Record<string, string | undefined>>;

/** A rule across variables: what is wrong, in sentences that name the variables; nothing when all is well. */
export type EnvCheck = (env: Env) => readonly string[];

/**
 * Reads the variables that `shape` names. An empty variable counts as unset. The result is frozen.
 * @throws TidemarkError TM_CONFIG_INVALID with *all* problems in one message
 */
export function parseEnv<S extends z.ZodRawShape>(
  shape: S,
  env: Env,
  checks: readonly EnvCheck[] = [],
): Readonly<z.output<z.ZodObject<S>>> {
  const set = withoutEmpty(env);
  const parsed = z.object(shape).safeParse(set);
  const problems = [...(parsed.error?.issues ?? []).map(problemOf), ...checks.flatMap((check) => check(set))];
  if (!parsed.success || problems.length > 0) throw configError(problems);
  return Object.freeze(parsed.data);
}

/** The error for a list of problems, one a line. */
export function configError(problems: readonly string[]): TidemarkError {
  const lines = problems.map((problem) => `\n  - ${problem}`).join('');
  const count = problems.length === 1 ? '1 problem' : `${problems.length} problems`;
  return new TidemarkError('TM_CONFIG_INVALID', `${count}:${lines}`, { fields: { problems } });
}

function withoutEmpty(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([, text]) => text !== undefined && text.trim() !== ''));
}

function problemOf(issue: z.core.$ZodIssue): string {
  const missing = issue.code === 'invalid_type' && issue.input === undefined;
  return `${issue.path.join('.')} ${missing ? 'must be set' : issue.message}`;
}
