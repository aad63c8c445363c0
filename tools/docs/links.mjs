import { posix } from 'node:path';

const OUTSIDE = /^[a-z][a-z0-9+.-]*:/i;

/** Relative links that lead nowhere. @param exists whether a path of the repository is there */
export function linkFaults(pages, exists) {
  const anchorsOf = new Map(pages.map(({ file, anchors }) => [file, anchors]));
  return pages.flatMap((page) =>
    page.links
      .filter(({ target }) => !OUTSIDE.test(target))
      .flatMap(({ target, line }) => {
        const [path, anchor] = target.split('#');
        const file = path === '' ? page.file : posix.normalize(posix.join(page.folder, path));
        const place = `${page.file}:${line}`;
        if (!exists(file)) return [`${place}: the link "${target}" leads to "${file}", which does not exist.`];
        if (anchor === undefined || anchorsOf.get(file)?.has(anchor) === true) return [];
        return [`${place}: the link "${target}" names a heading that "${file}" does not have.`];
      }),
  );
}
