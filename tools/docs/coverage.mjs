/** Generators and executors without a page, and options that their page does not name. @param parts `{ kind, name, options }` */
export function coverageFaults(pages, parts) {
  return parts.flatMap(({ kind, name, options }) => {
    const file = `docs/${kind}s/${name}.md`;
    const page = pages.find((other) => other.file === file);
    if (page === undefined) return [`The ${kind} "${name}" has no page "${file}".`];
    // What a page names stands as code: `--issue`, or `agent` where the graph sets it.
    return options
      .filter((option) => !page.text.includes(`\`--${option}\``) && !page.text.includes(`| \`${option}\` |`))
      .map((option) => `"${file}" does not name the option "${option}" of the ${kind}.`);
  });
}

/** Pages of generators and executors that are not there any more. */
export function leftoverFaults(pages, parts) {
  const known = new Set(parts.map(({ kind, name }) => `docs/${kind}s/${name}.md`));
  return pages
    .filter(({ file }) => /^docs\/(generators|executors)\//.test(file) && !known.has(file))
    .map(({ file }) => `"${file}" is the page of something that does not exist.`);
}

/** Options that the configuration page does not name by their path. */
export function optionFaults(page, paths) {
  return paths.filter((path) => !page.text.includes(`\`${path}\``)).map((path) => `"${page.file}" does not name the option "${path}".`);
}

/** Paths of a settings schema down to its second level: `tracker.type`. */
export function optionPaths(schema) {
  return [...fieldsOf(schema)]
    .filter(([name]) => name !== '$schema')
    .flatMap(([name, field]) => {
      const inner = [...new Set([...fieldsOf(field)].map(([second]) => `${name}.${second}`))];
      return inner.length === 0 ? [name] : inner;
    });
}

function fieldsOf(schema) {
  const { innerType, in: input, shape, options } = schema.def;
  if (innerType !== undefined) return fieldsOf(innerType);
  if (input !== undefined) return fieldsOf(input);
  if (shape !== undefined) return Object.entries(shape);
  return options === undefined ? [] : options.flatMap((option) => [...fieldsOf(option)]);
}
