/**
 * The build's side of "one build, many apps": where each page lies and the worker each one gets.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, type Plugin, type Rollup } from 'vite';

interface App {
  name: 'courier' | 'dispatch' | 'cash' | 'partner' | 'citizen';
  /** Folder in `public/` and in the build, with a slash at its end unless it is the root. */
  folder: string;
}

export const APPS: readonly App[] = [
  { name: 'courier', folder: 'courier/' },
  { name: 'dispatch', folder: 'dispatch/' },
  { name: 'cash', folder: 'cash/' },
  { name: 'partner', folder: 'partner/' },
  { name: 'citizen', folder: '' },
];

/** The day of the build; a packager who wants the same bytes again says it. */
const epoch_s = Number(process.env['SOURCE_DATE_EPOCH'] ?? Date.now() / 1_000);
export const BUILT_ON = new Date(epoch_s * 1_000).toISOString().slice(0, 10);

/** A chunk above this is fetched when first needed, not at install: the map is the one there is. */
const LATER_BYTES = 150_000;

/** Put each page where it is served: `courier.html` becomes `courier/index.html`. */
export function appPages(): Plugin {
  return {
    name: 'app-pages',
    enforce: 'post',
    configureServer(server) {
      server.middlewares.use((request, _response, next) => {
        const path = (request.url ?? '/').split('?')[0] ?? '/';
        if (/^\/(courier|dispatch|cash|partner)\/$/.test(path))
          request.url = `${path.slice(0, -1)}.html`;
        else if (path === '/' || path.startsWith('/t/')) request.url = '/citizen.html';
        next();
      });
    },
    generateBundle(_options, bundle) {
      for (const app of APPS) {
        const page = bundle[`${app.name}.html`];
        if (page) page.fileName = `${app.folder}index.html`;
      }
    },
  };
}

/** Build a service worker per app that knows, by name, every file its app is made of. */
export function serviceWorkers(): Plugin {
  let root = '';
  return {
    name: 'service-workers',
    apply: 'build',
    configResolved(config) {
      root = config.root;
    },
    async writeBundle(options, bundle) {
      const dist = options.dir ?? join(root, 'dist');
      for (const app of APPS) {
        const entry = findEntry(app, bundle);
        if (entry === null) continue;
        const files = appFiles(app, entry, bundle);
        const shell = [...files.shell, ...publicFiles(root, app)].sort();
        if (app.name === 'courier')
          writeFileSync(join(dist, app.folder, 'built-on.txt'), `${BUILT_ON}\n`);
        const version = digest(dist, [...shell.map((url) => fileOf(app, url)), ...files.later]);
        const code = await workerCode(root, app, {
          name: app.name,
          version,
          shell: shell.map((url) => (url.startsWith('/') ? url : `/${url}`)),
          later: files.later.map((url) => `/${url}`),
        });
        writeFileSync(join(dist, app.folder, 'sw.js'), code);
      }
    },
  };
}

function fileOf(app: App, url: string): string {
  return url.endsWith('/') || url === '' ? `${app.folder}index.html` : url;
}

/** The file an app begins with; null where another build makes this app. */
function findEntry(app: App, bundle: Rollup.OutputBundle): Rollup.OutputChunk | null {
  const files = Object.values(bundle);
  if (!files.some((file) => file.fileName === `${app.folder}index.html`)) return null;
  const entry = files
    .filter((file) => file.type === 'chunk')
    .find((chunk) => chunk.moduleIds.some((id) => id.endsWith(`/src/${app.name}/main.ts`)));
  if (entry === undefined) throw new Error(`the build has no entry for ${app.name}`);
  return entry;
}

function appFiles(
  app: App,
  entry: Rollup.OutputChunk,
  bundle: Rollup.OutputBundle,
): { shell: string[]; later: string[] } {
  const names = new Set<string>();
  const visit = (fileName: string): void => {
    const file = bundle[fileName];
    if (names.has(fileName) || file === undefined) return;
    names.add(fileName);
    if (file.type !== 'chunk') return;
    [...file.imports, ...file.dynamicImports].forEach(visit);
    file.viteMetadata?.importedCss.forEach(visit);
    file.viteMetadata?.importedAssets.forEach(visit);
  };
  visit(entry.fileName);
  const size = (name: string): number => {
    const file = bundle[name];
    return file?.type === 'chunk' ? file.code.length : (file?.source.length ?? 0);
  };
  // Without what it begins with an app does not open offline, however large that is.
  const first = new Set([entry.fileName, ...entry.imports]);
  const isLater = (name: string): boolean => size(name) > LATER_BYTES && !first.has(name);
  const all = [...names];
  return {
    shell: [app.folder, ...all.filter((name) => !isLater(name))],
    later: all.filter(isLater).sort(),
  };
}

function publicFiles(root: string, app: App): string[] {
  return readdirSync(join(root, 'public', app.folder), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${app.folder}${entry.name}`);
}

function digest(dist: string, files: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of [...files].sort()) hash.update(file).update(readFileSync(join(dist, file)));
  return hash.digest('hex').slice(0, 12);
}

async function workerCode(root: string, app: App, shell: object): Promise<string> {
  const result = await build({
    configFile: false,
    root,
    logLevel: 'error',
    publicDir: false,
    define: { __SHELL__: JSON.stringify(shell) },
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: {
        input: join(root, `src/workers/${app.name}.ts`),
        output: { format: 'iife', codeSplitting: false },
      },
    },
  });
  const output = (Array.isArray(result) ? result : [result]).flatMap((part) =>
    'output' in part ? part.output : [],
  );
  const chunk = output.find((part) => part.type === 'chunk');
  if (chunk?.type !== 'chunk') throw new Error(`no code was built for the worker of ${app.name}`);
  return chunk.code;
}
