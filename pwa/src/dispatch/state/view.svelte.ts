/** What the dispatcher looks at; the address holds all of it. */
import { makeView } from '../../lib/desk/view.svelte';

export { addDays } from '../../lib/desk/view.svelte';

export const SCREENS = [
  ...(['board', 'errands', 'imports', 'plan', 'held'] as const),
  ...(['couriers', 'rules'] as const),
] as const;
export type Screen = (typeof SCREENS)[number];

export const { view, readPlace, writePlace, hrefOf, put } = makeView<Screen>(SCREENS);
