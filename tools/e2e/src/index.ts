export { ask, int16, int32, int8, list, text } from './kafka/protocol.ts';
