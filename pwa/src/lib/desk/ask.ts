/** How a desk's app asks the server: answered with data, or with a refusal in words. */
import { locale } from '../i18n/catalog.svelte';
import { t } from '../i18n/shared';

/** A refusal as the server words it (RFC 9457); status 0 means that no answer came at all. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  request_id: string;
}
export type Answer<T> = { ok: true; data: T } | { ok: false; problem: Problem };

type Query = Readonly<Record<string, string | number | null | undefined>>;
export interface Ask {
  method?: 'GET' | 'POST' | 'PUT';
  query?: Query;
  json?: unknown;
  csv?: Blob;
  xlsx?: Blob;
  /** How long the answer may take; a great file takes its time on the way. */
  timeout_ms?: number;
  signal?: AbortSignal;
}

/** Refusals that a one-time code lifts: the question is then put again. */
export type FactorRefusal = 'confirm_again' | 'second_factor_needed' | 'factor_to_set_up';
const FACTOR_REFUSALS: readonly string[] = [
  'confirm_again',
  'second_factor_needed',
  'factor_to_set_up',
] satisfies readonly FactorRefusal[];

const TIMEOUT_MS = 30_000;
const XLSX = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';
let tellSignedOut: () => void = () => undefined;
let askFactor: (code: FactorRefusal) => Promise<boolean> = async () => false;

/** What to do when any answer says that nobody is signed in. */
export function onSignedOut(act: () => void): void {
  tellSignedOut = act;
}

/** Who asks for a one-time code when an answer wants one; true: given, so ask again. */
export function onFactorAsked(act: (code: FactorRefusal) => Promise<boolean>): void {
  askFactor = act;
}

export function addressOf(path: string, query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  const text = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return text === '' ? path : `${path}?${text}`;
}

async function readProblem(response: Response): Promise<Problem> {
  const body = (await response.json().catch(() => ({}))) as Partial<Problem>;
  return {
    status: response.status,
    code: body.code ?? `http_${response.status}`,
    title: body.title || t('unexpected'),
    request_id: body.request_id ?? response.headers.get('x-request-id') ?? '',
  };
}

function initOf({ method = 'GET', json, csv, xlsx, timeout_ms, signal }: Ask): RequestInit {
  const timeout = AbortSignal.timeout(timeout_ms ?? TIMEOUT_MS);
  const init: RequestInit = {
    method,
    credentials: 'same-origin',
    cache: 'no-store',
    headers: { 'accept-language': locale() },
    signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
  };
  if (json !== undefined) {
    init.body = JSON.stringify(json);
    init.headers = { ...init.headers, 'content-type': 'application/json' };
  } else if (csv !== undefined || xlsx !== undefined) {
    init.body = csv ?? xlsx;
    init.headers = { ...init.headers, 'content-type': csv === undefined ? XLSX : 'text/csv' };
  }
  return init;
}

async function readJson<T>(response: Response): Promise<T> {
  const text = await response.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

async function askOnce<T>(
  path: string,
  options: Ask,
  read: (response: Response) => Promise<T> = readJson,
): Promise<Answer<T>> {
  let response: Response;
  try {
    response = await fetch(addressOf(path, options.query ?? {}), initOf(options));
    if (response.ok) return { ok: true, data: await read(response) };
  } catch {
    const problem = { status: 0, code: 'no_network', title: t('no_network'), request_id: '' };
    return { ok: false, problem };
  }
  const problem = await readProblem(response);
  if (problem.status === 401 && problem.code === 'sign_in_first') tellSignedOut();
  return { ok: false, problem };
}

/** Ask the server; where it wants a one-time code first, the person gives it and all goes on. */
export async function ask<T>(path: string, options: Ask = {}): Promise<Answer<T>> {
  const answer = await askOnce<T>(path, options);
  if (answer.ok || answer.problem.status !== 401) return answer;
  const { code } = answer.problem;
  if (!FACTOR_REFUSALS.includes(code)) return answer;
  return (await askFactor(code as FactorRefusal)) ? askOnce<T>(path, options) : answer;
}

/** A file the server made, and the name it gave. */
export interface FileGiven {
  blob: Blob;
  name: string;
}

/** Ask for a file; a refusal comes in words, as any answer does. */
export function askFile(path: string, options: Ask = {}): Promise<Answer<FileGiven>> {
  return askOnce(path, options, async (response) => {
    const heading = response.headers.get('content-disposition') ?? '';
    return { blob: await response.blob(), name: /filename="([^"]+)"/.exec(heading)?.[1] ?? '' };
  });
}

/** Let the browser keep a file where the person's downloads go. */
export function saveFile({ blob, name }: FileGiven): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
