const SETTINGS_FILES = ['nx.json', 'nx-fleet.json'];
const PLUGIN = 'nx-fleet/plugin';

/** JSON examples that are not JSON, do not say which file they are of, or hold options that do not exist. @param parseSettings throws on what is not valid */
export function exampleFaults(pages, parseSettings) {
  return pages.flatMap((page) =>
    page.blocks
      .filter(({ language }) => language === 'json')
      .flatMap((block) => {
        const fault = faultOf(block, parseSettings);
        return fault === null ? [] : [`${page.file}:${block.line}: ${fault}`];
      }),
  );
}

function faultOf({ title, lines }, parseSettings) {
  if (title === '') return 'a JSON example must say which file it is of: ```json nx-fleet.json';
  let value;
  try {
    value = JSON.parse(lines.join('\n'));
  } catch (error) {
    return `the example is not JSON: ${error.message}`;
  }
  if (!SETTINGS_FILES.includes(title)) return null;
  try {
    parseSettings([{ file: title, value: optionsOf(title, value) }]);
    return null;
  } catch (error) {
    return error.message;
  }
}

function optionsOf(title, value) {
  if (title !== 'nx.json') return value;
  const registration = value.plugins?.find((plugin) => plugin.plugin === PLUGIN);
  if (registration === undefined) throw new Error(`the example of nx.json does not register "${PLUGIN}".`);
  return registration.options;
}
