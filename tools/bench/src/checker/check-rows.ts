import { addFinding, type Findings } from './findings.ts';

/** Takes in the values of a topic, one after another, oldest first per partition. */
export interface TopicCheck {
  add(value: Buffer | null): void;
  /** Once all are in. */
  finish(): void;
}

/** Each expected value is there once and nothing else is. @param idOf identity of a parsed value */
export function checkEachOnce(
  topic: string,
  expected: Iterable<readonly [string, string]>,
  findings: Findings,
): TopicCheck {
  const missing = new Map(expected);
  return {
    add(value) {
      const text = value?.toString() ?? 'null';
      const id = fieldsOf(text, ['event_id'])[0];
      if (typeof id === 'string' && missing.get(id) === text) missing.delete(id);
      else addFinding(findings, `${topic}: doubled, wrong or unexpected: ${text}`);
    },
    finish() {
      for (const id of missing.keys()) addFinding(findings, `${topic}: ${id} is missing`);
    },
  };
}

/** The last value of each row is the expected one, and there are no other rows. @param keyOf a row's identity */
export function checkLastOfEach(
  topic: string,
  expected: ReadonlyMap<string, string>,
  keyOf: (text: string) => string,
  findings: Findings,
): TopicCheck {
  const last = new Map<string, string>();
  return {
    add(value) {
      const text = value?.toString() ?? 'null';
      last.set(keyOf(text), text);
    },
    finish() {
      for (const [key, text] of expected) {
        if (last.get(key) !== text) addFinding(findings, `${topic}: expected ${text}, got ${last.get(key)}`);
      }
      for (const [key, text] of last) {
        if (!expected.has(key)) addFinding(findings, `${topic}: a row that should not be: ${text}`);
      }
    },
  };
}

/** There are exactly so many records. */
export function checkCount(topic: string, expected: number, findings: Findings): TopicCheck {
  let count = 0;
  return {
    add() {
      count += 1;
    },
    finish() {
      if (count !== expected) addFinding(findings, `${topic}: ${count} records, expected ${expected}`);
    },
  };
}

/** Fields of a JSON object; undefined for each that is not there, or when the text is none. */
export function fieldsOf(text: string, names: readonly string[]): unknown[] {
  try {
    const fields = (JSON.parse(text) ?? {}) as Record<string, unknown>;
    return names.map((name) => fields[name]);
  } catch {
    return names.map(() => undefined);
  }
}
