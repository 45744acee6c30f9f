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

/** Name the group of a module: what the courier app alone begins with, what all apps begin with,
or none. */
export function groupOf(id: string, graph: Graph): string | null {
  if (APP.test(id)) return null; // a page's own script keeps its name
  const apps = listApps(id, graph);
  if (apps.size === 1 && apps.has('courier')) return 'courier-first';
  return ['courier', 'dispatch', 'citizen'].every((app) => apps.has(app)) ? 'first' : null;
}
