import { createParser } from 'eventsource-parser';
import { call } from './client';

export interface StreamEvent {
  name: string;
  data: unknown;
}

/** Reads server-sent events with fetch, because EventSource cannot show a key. Resolves when the stream ends. */
export async function readEvents(path: string, signal: AbortSignal, onEvent: (event: StreamEvent) => void): Promise<void> {
  const response = await call(path, { signal, headers: { Accept: 'text/event-stream' } });
  if (response.body === null) {
    return;
  }
  const parser = createParser({
    onEvent: ({ event, data }) => onEvent({ name: event ?? 'message', data: JSON.parse(data) as unknown }),
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) {
      return;
    }
    parser.feed(value);
  }
}
