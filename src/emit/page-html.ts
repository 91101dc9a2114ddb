/** The set-up as one HTML file: nothing is loaded from anywhere, light and dark, on paper too. */
import pageTemplate from '#templates/page.html.eta';
import { escapeHtml } from './html.ts';
import type { PageTarget } from './setup-page.ts';
import { drawTrustGraph } from './trust-graph.ts';
import { escapeUnseen } from './unseen.ts';

export const HTML_MARK = '<meta name="generator" content="xacct docs">';

/** The page is ours and has none of what is not seen: whatever a name holds of it is told, and turns no text round. */
export const emitHtml = (pages: readonly PageTarget[]): string =>
  escapeUnseen(
    pageTemplate(
      {
        title: pages.length === 1 ? `Access to ${pages[0]?.name ?? ''}` : `Access to ${pages.length} accounts`,
        pages: pages.map((page, index) => ({ ...page, graph: drawTrustGraph(page, `graph-${index}`) })),
        escape: escapeHtml,
      },
      escapeHtml,
    ),
  );
