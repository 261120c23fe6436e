/** A random id; crypto.randomUUID is missing where the page comes over plain http from another machine. */
export function uniqueId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
