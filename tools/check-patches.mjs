// Fails an installation in which a patch is not in force for the lib that needs it, for `npm install` behind
// patch-package: that patches the package in the root, not a second copy below the lib, and only if it is run.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { patchedDependencies, unpatchedFiles } from './checks/src/patches.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
/** The only one that imports a patched package. */
const LIB = join(ROOT, 'libs/kafka/package.json');

const { dependencies } = JSON.parse(readFileSync(LIB, 'utf8'));
for (const [name, patchFile] of patchedDependencies(ROOT, dependencies)) {
  const packageDir = dirname(createRequire(LIB).resolve(`${name}/package.json`));
  const files = unpatchedFiles(patchFile, packageDir);
  if (files.length === 0) continue;
  process.stderr.write(`${packageDir} is not as ${patchFile} makes it: ${files.join(', ')}\n`);
  process.stderr.write(`Remove it, then run "npm install" with scripts switched on.\n`);
  process.exitCode = 1;
}
