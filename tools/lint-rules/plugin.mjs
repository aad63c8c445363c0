const VAGUE_NAME = /(^|\/)(utils?|helpers?|common|shared|types|lib|internal)(\/|\.[^/]*$)/;

const noEnum = {
  meta: { type: 'problem', docs: { description: 'A union of strings says the same without code of its own.' } },
  create: (context) => ({
    TSEnumDeclaration: (node) => context.report({ node, message: 'Write a union of strings instead of an enum.' }),
  }),
};

const namedAfterConcept = {
  meta: { type: 'problem', docs: { description: 'Files and folders are named after their one concept.' } },
  create: (context) => ({
    Program: (node) => {
      const path = context.filename.slice(context.cwd.length);
      if (VAGUE_NAME.test(path))
        context.report({ node, message: `"${path}" says nothing. Name the file and its folder after their concept.` });
    },
  }),
};

export default { meta: { name: 'fleet' }, rules: { 'no-enum': noEnum, 'named-after-concept': namedAfterConcept } };
