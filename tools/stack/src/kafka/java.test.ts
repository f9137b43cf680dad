import { findJava, javaMajorVersion } from './java.ts';

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "25" 2025-09-16', 25],
])('the major version of %s', (text, version) => {
  expect(javaMajorVersion(text)).toBe(version);
});

test('no Java is one clear error that says what to install', async () => {
  await expect(findJava('/nowhere')).rejects.toThrow(/TM_STACK_UNAVAILABLE.*needs Java.*default-jdk-headless/);
});
