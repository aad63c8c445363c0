import { slug } from './names.js';

describe('slug', () => {
  it.each([
    ['Dark mode!', 'dark-mode'],
    ['--force -rf', 'force-rf'],
    ['../../etc/passwd', 'etc-passwd'],
    ['Überraschung à la carte', 'uberraschung-a-la-carte'],
    ['İstanbul', 'istanbul'],
    ['line\nbreak\u001b[31m', 'line-break-31m'],
    ['🚀 日本語', ''],
    ['---', ''],
    ['', ''],
  ])('makes %j into %j', (text, expected) => {
    expect(slug(text)).toBe(expected);
  });

  it('cuts at a word, at 40 characters unless told', () => {
    expect(slug('one two three four five six seven eight nine ten')).toBe('one-two-three-four-five-six-seven-eight');
    expect(slug('one two three', 7)).toBe('one-two');
  });

  it('cuts a first word that is too long', () => {
    expect(slug('x'.repeat(300))).toBe('x'.repeat(40));
  });
});
