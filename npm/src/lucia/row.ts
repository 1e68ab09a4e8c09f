import type { LuciaRow } from 'latchkey/native';

const NUMBER = 1;
const TEXT = 2;
const USERS_ID = 3;

/** Cells takes the numbers of one row; rows of more columns come as lists. */
export const makeCells = () => new Float64Array(2 + 2 * 32);

/** unpack reads what pack_row of npm/native/lucia_values.cc made: texts in one, numbers in cells. */
export function unpack(texts: string, cells: Float64Array): LuciaRow {
  const row: [number, ...unknown[]] = [cells[0] as number];
  const end = 2 + 2 * (cells[1] as number);
  let from = 0;
  for (let at = 2; at < end; at += 2) {
    const kind = cells[at];
    const value = cells[at + 1] as number;
    if (kind === TEXT) {
      row.push(texts.slice(from, value));
      from = value;
    } else if (kind === NUMBER) {
      row.push(value);
    } else {
      row.push(kind === USERS_ID ? true : null);
    }
  }
  return row;
}
