/**
 * Month names as syslog writes them. A daemon that runs in another locale writes that locale's abbreviations
 * (`Απρ 15 12:20:28 mx2 postfix/submission/smtpd[6833]:`, kumina/postfix_exporter#76).
 */
const MONTHS: readonly (readonly string[])[] = [
  ['Jan', 'janv.', 'janv', 'ene', 'gen', 'jan', 'Ιαν', 'янв', 'sty'],
  ['Feb', 'févr.', 'févr', 'feb', 'febr', 'fev', 'Φεβ', 'фев', 'lut'],
  ['Mar', 'Mär', 'Mrz', 'mars', 'mar', 'mrt', 'Μαρ', 'мар'],
  ['Apr', 'avril', 'avr.', 'avr', 'abr', 'apr', 'Απρ', 'апр', 'kwi'],
  ['May', 'Mai', 'mai', 'may', 'mag', 'mei', 'Μάι', 'Μαΐ', 'мая', 'май', 'maj'],
  ['Jun', 'juin', 'jun', 'giu', 'Ιουν', 'Ιούν', 'июн', 'cze'],
  ['Jul', 'juil.', 'juil', 'jul', 'lug', 'Ιουλ', 'Ιούλ', 'июл', 'lip'],
  ['Aug', 'août', 'ago', 'aug', 'Αυγ', 'авг', 'sie'],
  ['Sep', 'Sept', 'sept.', 'sept', 'sep', 'set', 'Σεπ', 'сен', 'wrz'],
  ['Oct', 'Okt', 'oct.', 'oct', 'ott', 'okt', 'out', 'Οκτ', 'окт', 'paź'],
  ['Nov', 'nov.', 'nov', 'Νοε', 'ноя', 'lis'],
  ['Dec', 'Dez', 'déc.', 'déc', 'dic', 'dec', 'dez', 'Δεκ', 'дек', 'gru'],
];

const NUMBERS = new Map(MONTHS.flatMap((names, month) => names.map((name) => [name, month] as const)));

/** The month that a name stands for, counted from 0, or undefined. */
export function monthOf(name: string): number | undefined {
  return NUMBERS.get(name);
}
