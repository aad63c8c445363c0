/** Untrusted text as Markdown that shows it as it is: no markup, no HTML, no mention, no reference to an issue, no formula, no quick action of GitLab. */
export function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_{}[\]<>#|!~&$]/g, '\\$&')
    .replace(/^([ \t]*)([-+=/])/gm, '$1\\$2')
    .replace(/^([ \t]*\d+)([.)])/gm, '$1\\$2')
    .replace(/([@#]|GH-)(?=\w)/gi, '$1\u2060');
}
