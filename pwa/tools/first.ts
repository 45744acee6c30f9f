/**
 * What the apps start with, in few files: in two dozen small ones it would be packed worse.
 */

interface Module {
  importers: readonly string[];
}
interface Graph {
  getModuleInfo(id: string): Module | null;
}

const APP = /\/src\/([a-z]+)\/main\.ts$/;
/**
 * Every component imports all of Svelte; of what is used anywhere, this is not by the courier's
 * first screens. Should one of them use it after all, it comes as a small file more.
 */
export const LATER = /\/svelte\/src\/internal\/.*\/(?:clone|input|style)\.js$/;

/** The apps that import a module from their first page on, by way of static imports. */
function listApps(id: string, graph: Graph): Set<string> {
  const apps = new Set<string>();
  const seen = new Set([id]);
  for (const one of seen) {
    const app = APP.exec(one)?.[1];
    if (app !== undefined) apps.add(app);
    for (const importer of graph.getModuleInfo(one)?.importers ?? []) seen.add(importer);
  }
  return apps;
}

/** Name the group of a module: the one file the courier app begins with, what all apps of the other
build begin with, or none. */
export function groupOf(id: string, graph: Graph): string | null {
  const apps = listApps(id, graph);
  if (apps.has('courier')) return LATER.test(id) ? null : 'courier';
  return ['dispatch', 'citizen'].every((app) => apps.has(app)) ? 'first' : null;
}
