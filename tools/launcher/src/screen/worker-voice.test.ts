import { TidemarkError } from '@tidemark/schemas';
import { createColors } from './colors.ts';
import { createNarrator, tellStack, tellStopped } from './narrate.ts';
import { createScreen } from './screen.ts';
import { createWorkerVoice } from './worker-voice.ts';

function open() {
  const written: string[] = [];
  const narrator = createNarrator(createScreen({ write: (text) => written.push(text) }), createColors({}, {}));
  const voice = createWorkerVoice(narrator, 'parser', () => 0);
  return { narrator, voice, told: () => written.map((text) => text.trim().replace(/ +/g, ' ')) };
}

const killed = { kind: 'died', exit: { code: null, signal: 'SIGKILL' } } as const;

test('a death and the return are one line each', () => {
  const { voice, told } = open();
  voice.event({ kind: 'ready', tookMs: 900, isRestart: false });
  voice.event(killed);
  voice.event({ kind: 'ready', tookMs: 1_234, isRestart: true });
  expect(told()).toEqual(['parser ready (0.9 s)', 'parser died (SIGKILL), restarting…', 'parser is back (1.2 s)']);
});

test('warnings are shown while it is up; before, only when it does not come up', () => {
  const { voice, told } = open();
  const warn = (msg: string) => voice.logLine(JSON.stringify({ level: 'warn', msg }));
  warn('no topic yet');
  voice.event({ kind: 'waiting', reasons: 'starting', waitedMs: 15_000 });
  voice.event({ kind: 'ready', tookMs: 16_000, isRestart: false });
  warn('slow');
  warn('slow');
  expect(told()).toEqual([
    'parser not ready after 15.0 s: warn: no topic yet',
    'parser ready (16.0 s)',
    'parser warn: slow',
  ]);
});

test('what it said before it died at the start is shown', () => {
  const { voice, told } = open();
  voice.logLine('TM_REDIS_UNREACHABLE: Redis does not answer');
  voice.event({ kind: 'died', exit: { code: 1, signal: null } });
  expect(told()).toEqual(['parser TM_REDIS_UNREACHABLE: Redis does not answer', 'parser died (exit 1), restarting…']);
});

test('giving up is told at the end of the run, not here', () => {
  const { voice, told } = open();
  voice.event({ kind: 'gave_up', error: new TidemarkError('TM_PROCESS_FAILED', 'parser') });
  expect(told()).toEqual([]);
});

test('names are aligned', () => {
  const { narrator, told } = open();
  tellStack(narrator, 'Kafka: ready (2.9 s)');
  tellStack(narrator, 'no name');
  tellStopped(narrator, 'parser', 'killed');
  expect(told()).toEqual(['Kafka ready (2.9 s)', 'no name', 'parser did not stop in time and was killed']);
});

test('colours are for terminals, and not for those who want none', () => {
  const texts = [
    createColors({ isTTY: true }, {}),
    createColors({ isTTY: true }, { NO_COLOR: '1' }),
    createColors({}, {}),
  ].map(({ bad }) => bad('x'));
  expect(texts).toEqual(['\x1b[31mx\x1b[39m', 'x', 'x']);
});
