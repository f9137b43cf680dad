const MAX_PATTERN_CHARS = 256;
/** Repetitions of open length (`*`, `+`, `{1,}`, `{1,9}`): with three, the worst name costs about 249³/6 steps. */
const MAX_REPETITIONS = 3;
/** Either-or choices (`|`, `?`): each may double the work for a name that does not match. */
const MAX_CHOICES = 10;

/** Escapes, classes and the mark of a group without a number hold no operators: they are taken out before counting. */
const NO_OPERATOR = /\\.|(?<=\()\?:|\[(?:\\.|[^\]\\])*\]/g;

export const PATTERN_RULE =
  'a regular expression of at most 256 characters without look-around, back references or repeated groups, ' +
  'with at most 3 repetitions and 10 choices';

/**
 * The pattern, anchored at both ends, when it is a regular expression that cannot run away; else undefined. Names have
 * at most 249 characters; what makes matching exponential is repetition inside of repetition, so that is refused.
 */
export function topicPattern(source: string): RegExp | undefined {
  if (source.length > MAX_PATTERN_CHARS || !isSafe(source)) return undefined;
  try {
    return new RegExp(`^(?:${source})$`);
  } catch {
    return undefined;
  }
}

function isSafe(source: string): boolean {
  if (/\\[1-9k]|\(\?[=!<]/.test(source)) return false;
  const operators = source.replace(NO_OPERATOR, 'x');
  if (/\)[*+{]/.test(operators)) return false;
  const repetitions = operators.match(/[*+]|\{\d+,\d*\}/g)?.length ?? 0;
  const choices = operators.match(/[|?]/g)?.length ?? 0;
  return repetitions <= MAX_REPETITIONS && choices <= MAX_CHOICES;
}
