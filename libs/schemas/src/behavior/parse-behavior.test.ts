import { parseBehavior } from './parse-behavior.ts';

const event = { user_id: 'user_1', item_id: 'item_2', action: 'view', timestamp: 1_767_225_600, category: 'books' };
const parse = (value: unknown) => parseBehavior(Buffer.from(JSON.stringify(value)));

describe('parseBehavior', () => {
  test('gives the event, whatever the action', () => {
    expect(parse({ ...event, action: 'wish', extra: [] })).toEqual({
      ok: true,
      value: { userId: 'user_1', itemId: 'item_2', action: 'wish', category: 'books', timestampS: 1_767_225_600 },
    });
  });

  test.each(['user_id', 'item_id', 'action', 'category'])('%s is a text of 1 to 1024 bytes', (field) => {
    expect(parse({ ...event, [field]: 'é'.repeat(512) })).toMatchObject({ ok: true });
    for (const wrong of [undefined, null, '', 1, 'é'.repeat(513)]) {
      expect(parse({ ...event, [field]: wrong })).toMatchObject({ ok: false, code: 'invalid_field', field });
    }
  });

  test('timestamp is a whole number of seconds', () => {
    for (const wrong of [undefined, '1', 1.5, -1, 253_402_300_800]) {
      expect(parse({ ...event, timestamp: wrong })).toMatchObject({ ok: false, field: 'timestamp' });
    }
  });

  test('what is no object is refused like a sale', () => {
    expect(parseBehavior(null)).toMatchObject({ ok: false, code: 'tombstone' });
    expect(parseBehavior(Buffer.from([0xff]))).toMatchObject({ ok: false, code: 'invalid_utf8' });
  });
});
