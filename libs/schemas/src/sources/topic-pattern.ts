const MAX_PATTERN_CHARS = 256;
/**
 * How often the work for a name that does not match may double. A choice (`|`, `?`) doubles it once; a repetition of
 * open length (`*`, `+`, `{1,}`, `{1,9}`) has up to 249 lengths to try, about 8 doublings. 2^24 of them take about a second.
 */
const MAX_DOUBLINGS = 24;
const DOUBLINGS_PER_REPETITION = 8;

/** Escapes, classes and the mark of a group without a number hold no operators: they are taken out before counting. */
const NO_OPERATOR = /\\.|(?<=\()\?:|\[(?:\\.|[^\]\\])*\]/g;

export const PATTERN_RULE =
  'a regular expression of at most 256 characters without look-around, back references or repeated groups, ' +
  'and with few repetitions (at most 3) and choices (at most 24, 8 fewer for each repetition)';

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
  return repetitions * DOUBLINGS_PER_REPETITION + choices <= MAX_DOUBLINGS;
}
