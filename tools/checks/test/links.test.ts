import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readText, ROOT, trackedFiles } from './repository.ts';

const FENCED = /^```[\s\S]*?^```/gm;

const pages = trackedFiles().filter((file) => file.endsWith('.md'));

/** The headings' anchors, as GitHub makes them. */
function anchors(text: string): ReadonlySet<string> {
  const headings = text.replace(FENCED, '').match(/^#+ .+$/gm) ?? [];
  return new Set(headings.map(toAnchor));
}

function toAnchor(heading: string): string {
  const words = heading.replace(/^#+ /, '').toLowerCase();
  return words.replace(/[^\p{L}\p{N}_\s-]/gu, '').replace(/\s/g, '-');
}

function withoutCode(text: string): string {
  return text.replace(FENCED, '').replace(/`[^`\n]*`/g, '');
}

/** Why a link of a page leads nowhere; undefined when it does lead somewhere, or out of the repository. */
function fault(page: string, link: string): string | undefined {
  if (/^[a-z]+:/i.test(link)) return undefined;
  const [path, anchor] = link.split('#') as [string, string | undefined];
  const target = path === '' ? page : join(dirname(page), decodeURIComponent(path));
  if (!existsSync(join(ROOT, target))) return `${page}: ${link}: no such file`;
  if (anchor === undefined || !target.endsWith('.md') || anchors(readText(target)).has(anchor)) return undefined;
  return `${page}: ${link}: no such heading`;
}

test('a page with a broken link is found out', () => {
  expect(fault('docs/topics.md', 'nowhere.md')).toContain('no such file');
  expect(fault('docs/topics.md', '#nothing-of-that-name')).toContain('no such heading');
});

test('every link within the repository leads somewhere', () => {
  const faults = pages.flatMap((page) => {
    const links = [...withoutCode(readText(page)).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!);
    return links.map((link) => fault(page, link)).filter((found) => found !== undefined);
  });
  expect(pages.length).toBeGreaterThan(10);
  expect(faults).toEqual([]);
});

test('every decision has a number of its own, which its title names too', () => {
  const decisions = pages.filter((page) => page.startsWith('docs/adr/'));
  const numbers = decisions.map((page) => Number(/\/(\d{4})-/.exec(page)?.[1]));
  expect(numbers.toSorted((a, b) => a - b)).toEqual(decisions.map((_, i) => i + 1));
  expect(decisions.map((page) => Number(/^# (\d+)\. /.exec(readText(page))?.[1]))).toEqual(numbers);
});

test('every path that a page names in code marks is there, seen from the root or from the page', () => {
  const named = /`((?:apps|libs|tools|docs|patches)\/[\w./-]*\w\.(?:ts|mjs|md|lua|json|patch|jsonl))`/g;
  const isThere = (page: string, path: string) =>
    [ROOT, join(ROOT, dirname(page))].some((dir) => existsSync(join(dir, path)));
  const gone = pages.flatMap((page) => {
    const paths = [...readText(page).matchAll(named)].map(([, path]) => path!);
    return paths.filter((path) => !isThere(page, path)).map((path) => `${page}: ${path}`);
  });
  expect(gone).toEqual([]);
});
