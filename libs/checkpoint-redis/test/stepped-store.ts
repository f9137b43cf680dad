import type { CheckpointStore } from '@tidemark/stream';
import type { Deliver } from '@tidemark/testing';
import { storeOver } from '../src/checkpoint-store.ts';
import { connect } from '../src/connection.ts';
import { checkpointKeys } from '../src/keys.ts';
import { resolveOptions } from '../src/options.ts';

/** A store of a connection of its own that sends rows one by one; each command goes through `deliver`. */
export function steppedStore(url: string, namespace: string, deliver: Deliver): CheckpointStore {
  const options = resolveOptions({ url, namespace, maxChunkRows: 1 });
  const connection = connect(options);
  const stepped = { ...connection, run: <T>(...[what, command]: Parameters<typeof connection.run<T>>) => deliver(() => connection.run(what, command)) }; // prettier-ignore
  return storeOver(stepped, checkpointKeys(namespace), options);
}
