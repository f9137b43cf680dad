export { isText, isWhole, readObject, readValidSale, type Sale } from './checker/valid-sale.ts';
export { type Import, importsOf } from './imports-of.ts';
export { runCommand } from './processes/run-command.ts';
export { sendSteadily, type SteadyRate } from './latency/send-steadily.ts';
