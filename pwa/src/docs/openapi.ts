/** Reads an OpenAPI 3.1 document: operations by tag, shapes in one line or as rows of fields. */

export interface Shape {
  $ref?: string;
  type?: string | string[];
  format?: string;
  enum?: unknown[];
  const?: unknown;
  items?: Shape;
  properties?: Record<string, Shape>;
  additionalProperties?: Shape | boolean;
  required?: string[];
  oneOf?: Shape[];
  anyOf?: Shape[];
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
}
interface Media {
  content?: Record<string, { schema?: Shape }>;
  description?: string;
}
export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  description?: string;
  schema?: Shape;
}
export interface Operation {
  method: string;
  path: string;
  operationId: string;
  summary?: string;
  description?: string;
  tags?: string[];
  parameters?: Parameter[];
  requestBody?: Media;
  responses?: Record<string, Media>;
}
export interface Document {
  info: { title: string; version: string; description?: string };
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
  components?: { schemas?: Record<string, Shape> };
}
export interface Group {
  tag: string;
  operations: Operation[];
}

const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

/** Return the operations that hold every word of `wanted`, by their first tag. */
export function listGroups(document: Document, wanted: string): Group[] {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const groups = new Map<string, Operation[]>();
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const found = item[method];
      if (found === undefined) continue;
      const operation = { ...found, method, path };
      const text = [method, path, found.operationId, found.summary, found.description];
      const whole = text.join(' ').toLowerCase();
      if (!words.every((word) => whole.includes(word))) continue;
      const tag = found.tags?.[0] ?? '–';
      groups.set(tag, [...(groups.get(tag) ?? []), operation]);
    }
  }
  return [...groups].map(([tag, operations]) => ({ tag, operations }));
}

/** Return the shape of a body and its media type; null where there is none. */
export function bodyOf(media: Media | undefined): { type: string; shape: Shape } | null {
  const [type, body] = Object.entries(media?.content ?? {})[0] ?? [];
  return type === undefined || body?.schema === undefined ? null : { type, shape: body.schema };
}

export const nameOf = (shape: Shape): string | null => shape.$ref?.split('/').at(-1) ?? null;

/** Return a shape in one line: `string (uuid) | null`, `"vi" | "en"`, `Visit[]`. */
export function typeOf(shape: Shape | undefined): string {
  if (shape === undefined) return '';
  const name = nameOf(shape);
  if (name !== null) return name;
  if (shape.const !== undefined) return JSON.stringify(shape.const);
  if (shape.enum) return shape.enum.map((value) => JSON.stringify(value)).join(' | ');
  const choice = shape.oneOf ?? shape.anyOf;
  if (choice) return choice.map(typeOf).join(' | ');
  const types = [shape.type ?? 'any'].flat();
  return types.map((type) => typeOfOne(type, shape)).join(' | ');
}

function typeOfOne(type: string, shape: Shape): string {
  if (type === 'array') {
    const of = typeOf(shape.items);
    return of.includes(' ') ? `(${of})[]` : `${of}[]`;
  }
  if (type === 'object' && typeof shape.additionalProperties === 'object') {
    return `{ [key]: ${typeOf(shape.additionalProperties) || 'any'} }`;
  }
  return shape.format && type !== 'null' ? `${type} (${shape.format})` : type;
}

/** Return the limits a value must keep, in one line. */
export function limitsOf(shape: Shape): string {
  const { minimum, maximum, minLength, maxLength, maxItems } = shape;
  const limits = { minimum, maximum, minLength, maxLength, maxItems, default: shape.default };
  return Object.entries(limits)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(' · ');
}

/** Return every named shape that `shape` is made of, each once, nearest first. */
export function listNames(document: Document, shape: Shape): string[] {
  const names: string[] = [];
  const visit = (part: Shape): void => {
    const name = nameOf(part);
    if (name !== null) {
      if (names.includes(name)) return;
      names.push(name);
      const named = document.components?.schemas?.[name];
      if (named) visit(named);
      return;
    }
    [...(part.oneOf ?? []), ...(part.anyOf ?? [])].forEach(visit);
    Object.values(part.properties ?? {}).forEach(visit);
    if (part.items) visit(part.items);
    if (typeof part.additionalProperties === 'object') visit(part.additionalProperties);
  };
  visit(shape);
  return names;
}
