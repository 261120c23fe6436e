import createClient from 'openapi-fetch';
import { apiKey } from './apiKey';
import { problemOf } from './problem';
import type { paths } from './schema';

/** fetch with the key, if there is one; a refused call throws its problem. */
export async function call(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const request = new Request(input, init);
  const key = apiKey();
  if (key !== null) {
    request.headers.set('Authorization', `Bearer ${key}`);
  }
  const response = await fetch(request);
  if (!response.ok) {
    throw await problemOf(response);
  }
  return response;
}

/** The calls of the program's OpenAPI document. */
export const api = createClient<paths>({ baseUrl: window.location.origin, fetch: (request) => call(request) });

/** The body of an answer, which is there because call throws otherwise. */
export async function bodyOf<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T;
}
