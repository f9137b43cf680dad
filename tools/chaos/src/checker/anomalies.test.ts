import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ANOMALIES, createFindings } from './anomalies.ts';

test('the page names each anomaly, and no other', () => {
  const page = readFileSync(join(__dirname, '../../../../docs/chaos.md'), 'utf8');
  const names = page.slice(page.indexOf('## Names of anomalies')).matchAll(/^\| `([^`]+)` /gm);
  expect([...names].map(([, name]) => name)).toEqual([...ANOMALIES]);
});

test('all are counted, the first few of each are kept', () => {
  const findings = createFindings();
  for (let number = 0; number < 100; number++) findings.add('unseen', String(number));
  findings.add('G1a', 'x');
  expect(findings).toMatchObject({ total: 101, counts: { unseen: 100, G1a: 1 } });
  expect(findings.examples).toHaveLength(11);
});
