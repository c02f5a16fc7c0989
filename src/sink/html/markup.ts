/**
 * HTML that cannot be broken by the texts in it: whatever is put into a template is escaped, unless it is itself
 * made by one. Values belong between tags or inside double quotes, nowhere else.
 */
import { escapeForTerminal } from '../escape.ts';

/** What may be put into a template. Nothing is written for `undefined` and `false`. */
export type Value = Markup | string | number | undefined | false | readonly Value[];

/** Finished markup. Made by `html`, and of what is ours by `trusted`. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  /** The template tag: `` html`<p>${text}</p>` ``. */
  static html(strings: TemplateStringsArray, ...values: readonly Value[]): Markup {
    let text = strings[0]!;
    values.forEach((value, index) => {
      text += textOf(value) + strings[index + 1]!;
    });
    return new Markup(text);
  }

  /** Takes a text of the program's own as it is. Never for anything that came from outside. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }

  toString(): string {
    return this.#text;
  }
}

export const { html } = Markup;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Makes a text safe between tags and inside quotes; what cannot be seen (controls, marks of direction) is shown. */
export function escapeHtml(text: string): string {
  return escapeForTerminal(text).replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

function textOf(value: Value): string {
  if (value === undefined || value === false) return '';
  if (Array.isArray(value)) return value.map(textOf).join('');
  return value instanceof Markup ? value.toString() : escapeHtml(String(value));
}
