import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { appPages, BUILT_ON, serviceWorkers } from './tools/apps.ts';
import { groupOf, LATER } from './tools/first.ts';
import { docsPage } from './tools/docs.ts';

const backend = process.env['TANNOI_BACKEND'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  appType: 'mpa',
  define: { __BUILT_ON__: JSON.stringify(BUILT_ON) },
  plugins: [svelte({ configFile: false }), appPages(), docsPage(), serviceWorkers()],
  build: {
    target: 'es2022',
    modulePreload: {
      polyfill: false,
      // Scripts that come later are kept by the worker: their names are not needed beforehand.
      resolveDependencies: (_file, scripts, { hostType }) => (hostType === 'html' ? scripts : []),
    },
    // Inlined data URLs would break the content security policy for fonts and scripts.
    assetsInlineLimit: 0,
    // Only the map is larger, and it is loaded when somebody opens it.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      treeshake: { moduleSideEffects: (id) => (LATER.test(id) ? false : undefined) },
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: groupOf, debugName: 'first' }],
        },
      },
    },
  },
  // The courier's app is built on its own: what only the others use of Svelte and of `lib/` is not
  // in its files, and its first file is its own.
  environments: {
    client: {
      build: {
        rolldownOptions: {
          input: ['dispatch.html', 'cash.html', 'partner.html', 'citizen.html', 'docs.html'],
        },
      },
    },
    courier: {
      consumer: 'client',
      build: {
        emptyOutDir: false,
        manifest: '.vite/courier.json',
        copyPublicDir: false,
        rolldownOptions: { input: ['courier.html'] },
      },
    },
  },
  builder: {
    async buildApp(builder) {
      for (const name of ['client', 'courier']) {
        const one = builder.environments[name];
        if (one) await builder.build(one);
      }
    },
  },
  server: { proxy: { '/api': backend, '/schema': backend } },
  resolve: process.env['VITEST'] ? { conditions: ['browser'] } : {},
  test: {
    environment: 'jsdom',
    include: ['tests/**/*.test.ts'],
    setupFiles: ['tests/setup.ts'],
    restoreMocks: true,
    // A busy machine is no fault of a test's.
    testTimeout: 60_000,
  },
});
