import { topicPattern } from './topic-pattern.ts';

test.each([
  ['sales-.*', 'sales-events', 'my-sales-events'],
  ['^sales-.*$', 'sales-events', 'sales'],
  ['sales|user', 'user', 'users'],
  ['(?:sales|user)-(?:events|behavior)', 'user-behavior', 'user-'],
  ['[a-z+*?|]{1,20}-events', 'sales-events', 'Sales-events'],
  ['v\\d+\\.sales', 'v12.sales', 'v12-sales'],
])('%s matches %s and not %s', (source, yes, no) => {
  expect(topicPattern(source)?.test(yes)).toBe(true);
  expect(topicPattern(source)?.test(no)).toBe(false);
});

test.each([
  ['no expression', '(sales'],
  ['a repeated group', '(a+)+'],
  ['a repeated choice', '(a|a)*b'],
  ['a group with a count', '(a{1,9}){1,99}'],
  ['a repeated group behind a name', '(?<x>a*)*'],
  ['look-ahead', '(?=sales).*'],
  ['look-behind', '.*(?<!events)'],
  ['a back reference', '(.)\\1'],
  ['four repetitions', '.*a.*b.*c.*'],
  ['too many choices', 'a?'.repeat(25)],
  ['too many choices beside repetitions', `${'a?'.repeat(9)}a*a*b`],
  ['choices in groups beside repetitions', `${'(?:a|a)'.repeat(9)}.*.*b`],
  ['too long', 'a'.repeat(257)],
])('%s is refused: %s', (_name, source) => expect(topicPattern(source)).toBeUndefined());
