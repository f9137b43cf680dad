// What patches/ holds, in the format of patch-package, and whether it is in force. Plain JavaScript: used at install.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Those dependencies (name → version) that have a patch: name → the patch's file. */
export function patchedDependencies(rootDir, dependencies) {
  const files = Object.entries(dependencies).map(([name, version]) => [
    name,
    join(rootDir, 'patches', `${name.replace('/', '+')}+${version}.patch`),
  ]);
  return new Map(files.filter(([, file]) => existsSync(file)));
}

/** Files of the package that lack a change of the patch, as paths inside the package. */
export function unpatchedFiles(patchFile, packageDir) {
  const [, ...files] = `\n${readFileSync(patchFile, 'utf8')}`.split('\ndiff --git ');
  const isUnpatched = ({ path, hunks }) => {
    const text = readFileSync(join(packageDir, path), 'utf8');
    return !hunks.every((hunk) => text.includes(hunk));
  };
  return files
    .map(parseFile)
    .filter(isUnpatched)
    .map(({ path }) => path);
}

/** One file's part of a patch: its path, and for each hunk the text that stands there afterwards. */
function parseFile(diff) {
  const path = /^\+\+\+ b\/(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+\/(.+)$/m.exec(diff)[1];
  const [, ...hunks] = diff.split(/^@@ .*$/m);
  return { path, hunks: hunks.map(textAfter) };
}

function textAfter(hunk) {
  const lines = hunk.split('\n').slice(1);
  return lines
    .filter((line) => line.startsWith('+') || line.startsWith(' '))
    .map((line) => line.slice(1))
    .join('\n');
}
