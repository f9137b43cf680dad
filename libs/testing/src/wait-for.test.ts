import { waitFor } from './wait-for.ts';

describe('waitFor', () => {
  it('returns what the condition answers, as soon as it is true', async () => {
    let calls = 0;
    await expect(waitFor(() => (++calls > 2 ? calls : undefined), 5_000, 'three calls')).resolves.toBe(3);
  });

  it('asks at least once, and names what did not happen', async () => {
    let asked = 0;
    const never = waitFor(
      () => ++asked < 0,
      0,
      () => `asked ${asked} times`,
    );
    await expect(never).rejects.toThrow(/not within 0 ms: asked [1-9]/);
  });

  it('lets the error of the condition through', async () => {
    const broken = () => Promise.reject(new Error('broken'));
    await expect(waitFor(broken, 5_000, 'anything')).rejects.toThrow('broken');
  });
});
