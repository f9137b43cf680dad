import { createAnsweredPartition } from '@tidemark/kafka';
import type { SimulateOptions } from '@tidemark/testing';

/** The adapters' code that the simulator runs over its models. */
export const REAL: SimulateOptions = { openWireReader: createAnsweredPartition };
