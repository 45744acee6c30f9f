/** The typed door to the server for everything but the exchange: types come from its OpenAPI. */
import createClient from 'openapi-fetch';
import type { paths } from './schema';

export const api = createClient<paths>({ baseUrl: '/' });

/** A refusal as the server words it (RFC 9457), with the `code` programs go by. */
export interface Problem {
  status: number;
  code: string;
  title: string;
  detail: string;
}

/** Read what an answer that is no success says; null when there was no answer at all. */
export function problemOf(error: unknown, response: Response | undefined): Problem | null {
  if (response === undefined) return null;
  const body = (typeof error === 'object' && error !== null ? error : {}) as Partial<Problem>;
  return {
    status: response.status,
    code: typeof body.code === 'string' ? body.code : `http_${response.status}`,
    title: typeof body.title === 'string' ? body.title : '',
    detail: typeof body.detail === 'string' ? body.detail : '',
  };
}
