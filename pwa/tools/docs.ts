/** The build's side of the API documentation: `docs.html` is served as `docs/index.html`. */
import type { Plugin } from 'vite';

export function docsPage(): Plugin {
  return {
    name: 'docs-page',
    enforce: 'post',
    generateBundle(_options, bundle) {
      const page = bundle['docs.html'];
      if (page) page.fileName = 'docs/index.html';
    },
  };
}
