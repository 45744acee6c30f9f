/** Messages by key, checked by the compiler: Vietnamese is the source, English must match it. */

export type Locale = 'vi' | 'en';

type Value = string | number;
/** The names between braces in a message: `'Còn {count} điểm'` has `count`. */
type Names<M> = M extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type Values<M> = { readonly [Name in Names<M>]: Value };
type Arguments<M> = [Names<M>] extends [never] ? [] : [values: Values<M>];

/** A translation: the same keys; where grammar needs it, a function of the same values. */
export type Translation<Source> = {
  readonly [Key in keyof Source]: string | ((values: Values<Source[Key]>) => string);
};
export type Translate<Source> = <Key extends keyof Source>(
  key: Key,
  ...values: Arguments<Source[Key]>
) => string;

type Entry = string | ((values: never) => string);
type Loaded = Readonly<Record<string, Entry>>;

const STORED = 'tannoi.locale';
const loaders = new Set<() => Promise<void>>();
let current = $state<Locale>('vi');

export function locale(): Locale {
  return current;
}

/** Switch the language of every app text, and remember it. */
export async function setLocale(next: Locale): Promise<void> {
  if (next === 'en') await Promise.all([...loaders].map((load) => load()));
  current = next;
  document.documentElement.lang = next;
  localStorage.setItem(STORED, next);
}

/** Take up the language chosen at an earlier visit. */
export async function restoreLocale(): Promise<void> {
  if (localStorage.getItem(STORED) === 'en') await setLocale('en');
}

/** Return the translator of one catalogue. English is fetched when first chosen. */
export function makeTranslate<const Source extends Readonly<Record<string, string>>>(
  vi: Source,
  loadEnglish: () => Promise<Translation<Source>>,
): Translate<Source> {
  let en = $state.raw<Translation<Source> | null>(null);
  const load = async (): Promise<void> => {
    en ??= await loadEnglish();
  };
  loaders.add(load);
  // A catalogue that comes with a screen of its own may come after the language was chosen.
  if (current === 'en') void load();
  return (key, ...values) => {
    const catalog = (current === 'en' ? (en ?? vi) : vi) as unknown as Loaded;
    const entry = catalog[key as string] ?? String(key);
    const given = (values[0] ?? {}) as Readonly<Record<string, Value>>;
    if (typeof entry === 'function') return entry(given as never);
    return entry.replace(/\{(\w+)\}/g, (whole, name: string) => String(given[name] ?? whole));
  };
}
