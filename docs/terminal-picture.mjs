/** Draws terminal windows as SVG. */

const CELL = { width: 8.4, height: 18 };
const FONT_SIZE = 14;
const MARGIN = 16;
const TITLE_BAR = 36;

const BACKGROUND = '#1b1f27';
const FOREGROUND = '#d7dae0';
/** What the colours of SGR sequences (`\x1b[31m`) look like. */
const COLOURS = { 31: '#f0717b', 32: '#8fce7e', 33: '#e8c06a', 34: '#6fb1f5', 35: '#cf8fe6', 36: '#62c5d3' };

/**
 * The picture of a terminal.
 * @param {string} title
 * @param {string[]} lines with the colours that they were printed in
 * @param {number} columns
 */
export function terminalPicture(title, lines, columns) {
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN);
  const height = TITLE_BAR + lines.length * CELL.height + MARGIN;
  const buttons = ['#ff5f57', '#febc2e', '#28c840'].map(
    (colour, index) => `<circle cx="${20 + 20 * index}" cy="18" r="6" fill="${colour}"/>`,
  );
  const font = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>What ${escapeXml(title)} prints</title>`,
    `<rect width="${width}" height="${height}" rx="8" fill="${BACKGROUND}"/>`,
    ...buttons,
    `<g font-family="${font}" font-size="${FONT_SIZE}" fill="${FOREGROUND}">`,
    `<text x="${width / 2}" y="23" text-anchor="middle" fill-opacity="0.6">${escapeXml(title)}</text>`,
    ...lines.map((line, index) => row(line, TITLE_BAR + (index + 0.75) * CELL.height)),
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

/** One line: every run of words of the same style at its own column, so that columns align in every font. */
function row(line, y) {
  const style = { bold: false, dim: false, colour: undefined };
  let column = 0;
  let spans = '';
  for (const part of line.split(/(\x1b\[[\d;]*m)/)) {
    const codes = /^\x1b\[([\d;]*)m$/.exec(part)?.[1];
    if (codes !== undefined) {
      for (const code of codes.split(';')) restyle(style, Number(code));
      continue;
    }
    // Not every viewer keeps blanks that follow each other: what stands between them is placed by itself.
    for (const text of part.split(/((?: {2,}|^ | $)+)/)) {
      const cells = [...text].length;
      if (text.trim() !== '') {
        const x = (MARGIN + column * CELL.width).toFixed(1);
        const length = (cells * CELL.width).toFixed(1);
        spans += `<tspan x="${x}" textLength="${length}"${attributes(style)}>${escapeXml(text)}</tspan>`;
      }
      column += cells;
    }
  }
  return spans === '' ? '' : `<text y="${y.toFixed(1)}">${spans}</text>`;
}

function restyle(style, code) {
  if (code === 0) Object.assign(style, { bold: false, dim: false, colour: undefined });
  else if (code === 1) style.bold = true;
  else if (code === 2) style.dim = true;
  else if (code === 22) Object.assign(style, { bold: false, dim: false });
  else if (code === 39) style.colour = undefined;
  else style.colour = COLOURS[code] ?? style.colour;
}

function attributes({ bold, dim, colour }) {
  return [
    bold ? ' font-weight="bold"' : '',
    dim ? ' fill-opacity="0.6"' : '',
    colour ? ` fill="${colour}"` : '',
  ].join('');
}

function escapeXml(text) {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
