import { wantKey } from './apiKey';

const unauthorized = 401;

interface ProblemDetails {
  title?: unknown;
  detail?: unknown;
}

/** A call that the program refused, in words that can be shown. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(message);
    this.name = 'ApiProblem';
  }
}

const withoutDetail: Record<number, string> = {
  401: 'This program asks for a key.',
  404: 'That is no longer there.',
  413: 'The picture is larger than this program accepts.',
  429: 'Too many pictures are waiting already.',
};

/** The problem+json answer of a refused call as an error; plain words where the body holds none. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  if (response.status === unauthorized) {
    wantKey(true);
  }
  const text = await response.text().catch(() => '');
  return new ApiProblem(response.status, wordsOf(response.status, text), retryAfter(response.headers.get('Retry-After')));
}

export function wordsOf(status: number, body: string): string {
  const problem = parse(body);
  if (typeof problem?.detail === 'string' && problem.detail !== '') {
    return problem.detail;
  }
  return withoutDetail[status] ?? (typeof problem?.title === 'string' ? problem.title : `The program answered ${status}.`);
}

/** What to say of anything that went wrong. */
export function messageOf(error: unknown): string {
  if (error instanceof ApiProblem) {
    return error.message;
  }
  // fetch rejects with a TypeError where nothing answers.
  return error instanceof TypeError ? 'The program does not answer. Is “supir serve” still running?' : String(error);
}

function parse(body: string): ProblemDetails | null {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' ? value : null;
  } catch {
    return null;
  }
}

function retryAfter(header: string | null): number | null {
  const seconds = Number(header);
  return header !== null && Number.isFinite(seconds) ? seconds : null;
}
