/** Compiles templates/*.eta into functions at build and test time, so that no template engine is loaded at run time. */
import { readFile } from 'node:fs/promises';
import { Eta } from 'eta';

/** Interpolations `<%= %>` go through the renderer's quoting; nothing reaches a file unescaped unless it says `<%~ %>`. */
const eta = new Eta({ autoEscape: true, autoFilter: false, varName: 'it', autoTrim: false });

/**
 * @param {string} source text of a template
 * @returns {string} an ES module whose default export is `(model, quote) => string`
 */
export const compileTemplate = (source) => `
const template = function (it, options) { ${eta.compileToString(source)} };
export default (model, quote) => template.call({ config: { filterFunction: String, escapeFunction: quote } }, model, {});
`;

/** For esbuild. @type {import('esbuild').Plugin} */
export const esbuildTemplates = {
  name: 'templates',
  setup(build) {
    build.onLoad({ filter: /\.eta$/ }, async ({ path }) => ({
      contents: compileTemplate(await readFile(path, 'utf8')),
      loader: 'js',
    }));
  },
};

/** For vitest. @type {import('vite').Plugin} */
export const viteTemplates = {
  name: 'templates',
  enforce: 'pre',
  async load(id) {
    return id.endsWith('.eta') ? compileTemplate(await readFile(id, 'utf8')) : undefined;
  },
};
