import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { appPages, BUILT_ON, serviceWorkers } from './tools/apps.ts';
import { groupOf } from './tools/first.ts';
import { docsPage } from './tools/docs.ts';

const backend = process.env['TANNOI_BACKEND'] ?? 'http://127.0.0.1:8000';

export default defineConfig({
  appType: 'mpa',
  define: { __BUILT_ON__: JSON.stringify(BUILT_ON) },
  plugins: [svelte({ configFile: false }), appPages(), docsPage(), serviceWorkers()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    // Inlined data URLs would break the content security policy for fonts and scripts.
    assetsInlineLimit: 0,
    // Only the map is larger, and it is loaded when somebody opens it.
    chunkSizeWarningLimit: 1_200,
    rolldownOptions: {
      input: [
        'courier.html',
        'dispatch.html',
        'cash.html',
        'partner.html',
        'citizen.html',
        'docs.html',
      ],
      output: {
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: groupOf }],
        },
      },
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
