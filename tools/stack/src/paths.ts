import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the repository. */
export const WORKSPACE_DIR = fileURLToPath(new URL('../../../', import.meta.url));

/** Everything that the stack downloads or writes; git-ignored. */
export const TIDEMARK_DIR = join(WORKSPACE_DIR, '.tidemark');

/** Data, logs and the state file of the stack that `npm start` and `npm run stack -- up` use. */
export const RUN_DIR = join(TIDEMARK_DIR, 'stack');
