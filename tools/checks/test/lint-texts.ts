import { ESLint } from 'eslint';

/** A text to lint as if it were the content of a file; the file need not exist. */
export interface LintCase {
  /** Relative to the repository's root. */
  readonly filePath: string;
  readonly text: string;
}

/**
 * Prints, as JSON, which rules find an error in each of the cases that standard input names. A process of its own:
 * ESLint loads its configuration as an ES module, which jest does not let it.
 */
async function main(): Promise<void> {
  let stdin = '';
  for await (const chunk of process.stdin) stdin += chunk;
  const eslint = new ESLint();
  const rules: string[][] = [];
  for (const { filePath, text } of JSON.parse(stdin) as LintCase[]) {
    const [result] = await eslint.lintText(text, { filePath });
    const errors = result?.messages.filter(({ severity }) => severity === 2) ?? [];
    rules.push(errors.map(({ ruleId, message }) => `${ruleId ?? 'fatal'}: ${message.split('\n')[0]}`));
  }
  process.stdout.write(JSON.stringify(rules));
}

await main();
