/** The parts inside KafkaJS come without types; `internals.ts` says what they are. */
declare module 'kafkajs/src/*' {
  const part: unknown;
  export default part;
}
