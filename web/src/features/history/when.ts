const day = 24 * 60 * 60 * 1000;

/** “today, 14:05”, “yesterday, 09:30” or “3 Mar 2026”. */
export function whenWords(timestamp: string, now: Date = new Date()): string {
  const then = new Date(timestamp);
  const daysAgo = Math.round((startOfDay(now) - startOfDay(then)) / day);
  const time = then.toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit', hour12: false });
  if (daysAgo === 0) {
    return `today, ${time}`;
  }
  return daysAgo === 1
    ? `yesterday, ${time}`
    : then.toLocaleDateString(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
}

function startOfDay(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}
