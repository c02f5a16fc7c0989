/**
 * A ClickHouse server for tests, as far as our client can tell: the HTTP interface in front of the embedded engine.
 * A process of its own, since the engine can be there once in a process. Arguments: the engine's directory.
 *
 * POST /faults with a list of `{ match, kind, times }`: the next `times` statements that contain `match` go wrong in
 * that way. GET /statements tells what was asked.
 */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { Session } from 'chdb';

const PASSWORDS = { writer: 'secret', reader: 'secret', default: '' };
const session = new Session(process.argv[2]);
let faults = [];
let statements = [];
let bodies = 0;

const server = createServer(async (request, response) => {
  try {
    await serve(request, response);
  } catch (error) {
    if (!response.headersSent) fail(response, String(error.message ?? error));
  }
});

async function serve(request, response) {
  const url = new URL(request.url, 'http://front');
  const chunks = await request.toArray();
  let body = Buffer.concat(chunks);
  if (request.headers['content-encoding'] === 'gzip') body = gunzipSync(body);
  if (url.pathname === '/faults') {
    faults = JSON.parse(body.toString());
    statements = [];
    response.end();
    return;
  }
  if (url.pathname === '/statements') {
    response.end(JSON.stringify(statements));
    return;
  }
  const inUrl = url.searchParams.get('query');
  const statement = inUrl ?? body.toString();
  statements.push(statement.slice(0, 500));

  const [user, password] = Buffer.from((request.headers.authorization ?? '').replace('Basic ', ''), 'base64')
    .toString()
    .split(':');
  if (PASSWORDS[user] !== password) {
    fail(response, `Code: 516. DB::Exception: ${user}: Authentication failed. (AUTHENTICATION_FAILED)`, 403);
    return;
  }
  const database = url.searchParams.get('database') ?? 'default';
  if (database !== 'default') {
    fail(response, `Code: 81. DB::Exception: Database ${database} does not exist. (UNKNOWN_DATABASE)`, 404);
    return;
  }
  if (user === 'reader' && !/^\s*SELECT/.test(statement)) {
    fail(response, 'Code: 164. DB::Exception: Cannot execute query in readonly mode. (READONLY)');
    return;
  }

  const fault = faults.find(({ match, times }) => times > 0 && statement.includes(match));
  if (fault !== undefined) fault.times -= 1;
  switch (fault?.kind) {
    case 'unavailable':
      response.writeHead(503).end('upstream is gone');
      return;
    case 'reset':
      request.socket.destroy();
      return;
    case 'busy':
      fail(
        response,
        'Code: 252. DB::Exception: Too many parts (300). Merges are processing slowly. (TOO_MANY_PARTS)',
      );
      return;
    case 'old':
      // As version 18.16 says it.
      fail(
        response,
        'Code: 73, e.displayText() = DB::Exception: Unknown format JSONCompactEachRowWithNames, e.what() = DB::Exception',
      );
      return;
    case 'exception-as-success':
      response.end('Code: 241. DB::Exception: Memory limit (total) exceeded. (MEMORY_LIMIT_EXCEEDED)\n');
      return;
    case 'forgotten':
      // A token that outlived its rows: all is well, says the server.
      response.setHeader('X-ClickHouse-Summary', JSON.stringify({ written_rows: '0' }));
      response.end();
      return;
    case 'slow':
      await sleep(700);
  }

  const parameters = {};
  for (const [name, value] of url.searchParams) {
    if (name.startsWith('param_')) parameters[name.slice('param_'.length)] = unescaped(value);
  }
  let result;
  try {
    const sql = inUrl === null ? statement : fromFile(statement, body);
    result =
      Object.keys(parameters).length > 0
        ? await session.queryBindAsync(sql, parameters, {})
        : await session.queryAsync(sql, {});
  } catch (error) {
    fail(response, String(error.message));
    return;
  }
  const answer = Buffer.from(result.bytes());
  if (fault?.kind === 'reset-after') {
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'cut') {
    response.writeHead(200, { 'content-length': String(answer.length) });
    response.write(answer.subarray(0, answer.length / 2));
    await sleep(50);
    request.socket.destroy();
    return;
  }
  if (fault?.kind === 'exception-in-answer') {
    const tag = 'abcdefghijklmnop';
    const message = 'Code: 241. DB::Exception: Memory limit (total) exceeded. (MEMORY_LIMIT_EXCEEDED)\n';
    response.writeHead(200, { 'x-clickhouse-exception-tag': tag });
    response.write(answer.subarray(0, answer.length / 2));
    response.end(`\r\n__exception__\r\n${tag}\r\n${message}${message.length} ${tag}\r\n__exception__\r\n`);
    return;
  }
  const written = /^\s*INSERT/.test(statement) ? String(rowsOf(body)) : '0';
  response.setHeader('X-ClickHouse-Summary', JSON.stringify({ written_rows: written }));
  response.end(answer);
}

/** Data behind a statement are text to the embedded engine: it gets them from a file. */
function fromFile(statement, body) {
  const [, into, settings = '', format] = /^(INSERT INTO .+?\))( SETTINGS .+)? FORMAT (\w+)$/.exec(statement);
  const path = join(process.argv[2], `body-${bodies++}`);
  writeFileSync(path, body);
  return `${into}${settings} SELECT * FROM file('${path}', '${format}')`;
}

/** A block of the Native format begins with the numbers of its columns and rows. */
function rowsOf(body) {
  let at = 0;
  const number = () => {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      value += (body[at] & 127) * factor;
      if (body[at++] < 128) return value;
    }
  };
  number();
  return number();
}

/** Parameters come escaped, as a server wants them; the embedded engine escapes them itself. */
function unescaped(value) {
  return value.replace(/\\(.)/g, (_, letter) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? letter);
}

function fail(response, message, status = 500) {
  const code = /Code: (\d+)/.exec(message)?.[1];
  response.writeHead(status, code === undefined ? {} : { 'x-clickhouse-exception-code': code });
  response.end(`${message}\n`);
}

server.listen(0, '127.0.0.1');
await once(server, 'listening');
process.stdout.write(`${server.address().port}\n`);
