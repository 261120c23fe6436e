import type { ParameterValue, ParameterValues } from '../../api/types';

const decimals = 4;
const tolerance = 1e-3;

/** The values at a position of the line: 0 is its first point, 1 its second, and so on; between two points in proportion. */
export function valuesAt(line: readonly ParameterValues[], position: number): ParameterValues {
  const first = Math.max(0, Math.min(line.length - 2, Math.floor(position)));
  const from = line[first] ?? {};
  const to = line[first + 1] ?? from;
  const share = position - first;
  return Object.fromEntries(
    Object.entries(from).map(([name, value]) => {
      const next = to[name];
      return [name, typeof value === 'number' && typeof next === 'number' ? round(value + (next - value) * share) : value];
    }),
  );
}

/** The position of values on the line; null where they are beside it. */
export function positionOf(line: readonly ParameterValues[], values: ParameterValues): number | null {
  for (let first = 0; first + 1 < line.length; first++) {
    const share = shareBetween(line[first] ?? {}, line[first + 1] ?? {}, values);
    if (share !== null) {
      return first + share;
    }
  }
  return null;
}

function shareBetween(from: ParameterValues, to: ParameterValues, values: ParameterValues): number | null {
  const shares: number[] = [];
  for (const [name, start] of Object.entries(from)) {
    const end = to[name];
    const value = values[name];
    if (typeof start !== 'number' || typeof end !== 'number' || start === end) {
      if (!isClose(start, value)) {
        return null;
      }
    } else if (typeof value !== 'number') {
      return null;
    } else {
      shares.push((value - start) / (end - start));
    }
  }
  const share = shares[0] ?? 0;
  const isInside = share > -tolerance && share < 1 + tolerance;
  // A value that is rounded to fewer digits than its neighbours lies a little beside them.
  const agree = shares.every((other) => Math.abs(other - share) < 0.02);
  return isInside && agree ? Math.min(1, Math.max(0, share)) : null;
}

function isClose(a: ParameterValue | undefined, b: ParameterValue | undefined): boolean {
  return typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) < tolerance : a === b;
}

function round(value: number): number {
  return Number(value.toFixed(decimals));
}
