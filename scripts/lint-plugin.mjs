/** Lint rules that oxlint does not have itself. Loaded by .oxlintrc.json; which files each rule judges stands in scripts/layers.mjs. */

const isReExport = (statement) =>
  statement.type === 'ExportAllDeclaration' || (statement.type === 'ExportNamedDeclaration' && statement.source);

/** @param {Record<string, string>} messages node type to what is said about it */
const forbid = (messages) => ({
  create: (context) =>
    Object.fromEntries(Object.entries(messages).map(([type, message]) => [type, (node) => context.report({ node, message })])),
});

export default {
  meta: { name: 'xacct' },
  rules: {
    'no-dynamic-import': forbid({
      ImportExpression: 'only the files that the layer table names load lazily: pass what you need as an argument',
      TSImportType: 'write an import statement: the layer rules read those',
    }),
    'no-enum': forbid({ TSEnumDeclaration: 'use a union of string literals, or an `as const` object' }),
    'no-barrel': {
      create: (context) => ({
        ExportAllDeclaration: (node) =>
          context.report({ node, message: 'no `export *`: import from the file that owns the name' }),
        Program: (node) => {
          if (node.body.length > 0 && node.body.every(isReExport))
            context.report({ node, message: 'a file of nothing but re-exports: import from the file that owns the name' });
        },
      }),
    },
  },
};
