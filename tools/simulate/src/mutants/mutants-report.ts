import type { Hunted } from './hunt-mutant.ts';

const MOST_CHARACTERS = 160;
const BEGIN = '<!-- mutants: begin -->';
const END = '<!-- mutants: end -->';

/** A line for people. */
export function huntedLine({ mutant, isFound, seeds, violation, seconds }: Hunted): string {
  const how = seeds === undefined ? 'by a test' : `${seeds} seeds`;
  const result = isFound ? `${how}: ${shortened(violation)}` : 'NOT FOUND';
  return `${mutant.name} (${seconds.toFixed(0)} s) ${result}`;
}

/** For programs: one JSON object. @param all what was hunted */
export function mutantsJson(all: readonly Hunted[], mostSeeds: number, seconds: number): string {
  const notFound = all.filter(({ isFound }) => !isFound).map(({ mutant }) => mutant.name);
  const needed = all.flatMap(({ seeds }) => seeds ?? []).sort((a, b) => a - b);
  return JSON.stringify({
    mutants: all.length,
    found: all.length - notFound.length,
    foundByTest: all.length - notFound.length - needed.length,
    notFound,
    mostSeeds,
    medianSeeds: needed[Math.floor(needed.length / 2)] ?? null,
    largestSeeds: needed.at(-1) ?? null,
    seconds: Number(seconds.toFixed(1)),
  });
}

/** The page with its table made anew. @throws Error when the page has no place for it */
export function withTable(page: string, all: readonly Hunted[], mostSeeds: number): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`the page lacks ${BEGIN} … ${END}`);
  const found = all.filter(({ isFound }) => isFound).length;
  const sum = `${found} of ${all.length} were found, in at most ${mostSeeds} seeds each.`;
  return `${page.slice(0, begin + BEGIN.length)}\n\n${sum}\n\n${table(all)}\n\n${page.slice(end)}`;
}

function table(all: readonly Hunted[]): string {
  const rows = all.map(({ mutant, isFound, seeds, violation }) => [
    `\`${mutant.name}\``,
    cell(mutant.clause),
    isFound ? (seeds ?? 'by a test') : '**not found**',
    cell(shortened(violation)),
  ]);
  const heads = ['mutant', 'what it breaks', 'seeds', 'the violation that showed it'];
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** Errors come with where they were thrown: that is of no interest here. */
function shortened(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}

function cell(text: string): string {
  return text.replace(/[|\\`*_<>[\]{}]/g, (character) => `\\${character}`);
}
