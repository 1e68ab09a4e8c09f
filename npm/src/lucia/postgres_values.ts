// What PostgreSQL's texts are in JavaScript, by the numbers of pg_type: as the package `pg` has it.

import { isBytes, isDate } from '../realm';

type Parse = (text: string) => unknown;

const parseTime: Parse = (text) => {
  if (text === 'infinity') return Infinity;
  if (text === '-infinity') return -Infinity;
  const parts = /^(\d{4,})-(\d\d)-(\d\d)(?: (\d\d):(\d\d):(\d\d)(\.\d+)?)?(.*)$/.exec(text);
  if (!parts) return text;
  const [, year, month, day, hour = '0', minute = '0', second = '0', fraction = '', zone] = parts;
  const millis = Math.trunc(Number(`0${fraction}`) * 1000 + 1e-6);
  const offset = /^([+-])(\d\d)(?::(\d\d))?(?::(\d\d))?/.exec(zone ?? '');
  const fields = [Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)];
  const full = /BC$/.test(zone ?? '') ? 1 - Number(year) : Number(year);
  // Without an offset it is a time of this process's zone.
  const date = offset ? new Date(0) : new Date(2000, 0);
  if (offset) {
    date.setUTCFullYear(full, fields[0], fields[1]);
    date.setUTCHours(fields[2]!, fields[3], fields[4], millis);
    const [, sign, hours, minutes = '0', seconds = '0'] = offset;
    const east = (Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds);
    return new Date(date.getTime() - (sign === '-' ? -east : east) * 1000);
  }
  date.setFullYear(full, fields[0], fields[1]);
  date.setHours(fields[2]!, fields[3], fields[4], millis);
  return date;
};

const parseBytes: Parse = (text) => Buffer.from(text.replace(/^\\x/, ''), 'hex');
const parseFlag: Parse = (text) => text === 't';

// array = "{" element *("," element) "}", an element being an array, NULL, or a text, quoted or not
function parseArray(text: string, parse: Parse): unknown {
  let at = text.indexOf('{');
  const element = (): unknown => {
    if (text[at] === '{') return list();
    let value = '';
    if (text[at] !== '"') {
      while (at < text.length && text[at] !== ',' && text[at] !== '}') value += text[at++];
      return value === 'NULL' ? null : parse(value);
    }
    for (at++; at < text.length && text[at] !== '"'; at++) {
      if (text[at] === '\\') at++;
      value += text[at];
    }
    at++;
    return parse(value);
  };
  const list = (): unknown[] => {
    const found: unknown[] = [];
    at++;
    while (at < text.length && text[at] !== '}') {
      found.push(element());
      if (text[at] === ',') at++;
    }
    at++;
    return found;
  };
  return list();
}

const SCALARS = new Map<number, Parse>([
  [16, parseFlag],
  [17, parseBytes],
  [21, Number],
  [23, Number],
  [26, Number],
  [700, Number],
  [701, Number],
  [114, JSON.parse],
  [3802, JSON.parse],
  [1082, parseTime],
  [1114, parseTime],
  [1184, parseTime],
]);
const asText: Parse = (text) => text;

// The type of an array -> that of its elements.
const ARRAYS = new Map<number, number>([
  [1000, 16],
  [1001, 17],
  [1005, 21],
  [1007, 23],
  [1028, 26],
  [1016, 20],
  [1021, 700],
  [1022, 701],
  [199, 114],
  [3807, 3802],
  [1182, 1082],
  [1115, 1114],
  [1185, 1184],
  [1009, 25],
  [1015, 1043],
  [2951, 2950],
]);

/** Whole numbers of 8 bytes, numerics, intervals and what is not known here stay text. */
export function parseValue(text: string | null, type: number): unknown {
  if (text === null) return null;
  const element = ARRAYS.get(type);
  if (element !== undefined) return parseArray(text, SCALARS.get(element) ?? asText);
  return (SCALARS.get(type) ?? asText)(text);
}

const pad = (number: number, digits: number) => String(number).padStart(digits, '0');

/** A time as text with the offset of this process: right for columns with and without a zone. */
export function timeText(date: Date): string {
  const east = -date.getTimezoneOffset();
  const offset = `${east < 0 ? '-' : '+'}${pad(Math.trunc(Math.abs(east) / 60), 2)}:${pad(
    Math.abs(east) % 60,
    2,
  )}`;
  const day = `${pad(date.getFullYear(), 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`;
  const time = `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}`;
  return `${day}T${time}.${pad(date.getMilliseconds(), 3)}${offset}`;
}

function arrayText(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return arrayText(value);
    const text = valueText(value) ?? '';
    return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
  });
  return `{${elements.join(',')}}`;
}

/** A value as the text PostgreSQL reads; null is NULL. */
export function valueText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (isDate(value)) return timeText(value);
  if (isBytes(value)) return `\\x${Buffer.from(value).toString('hex')}`;
  if (Array.isArray(value)) return arrayText(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
