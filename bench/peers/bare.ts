import { createServer } from 'node:http';

/** What node:http does where nothing is to be done: the arguments are the port and the one answer. */
const [port, body = ''] = process.argv.slice(2);
const headers = {
  'content-type': 'application/json; charset=utf-8',
  'content-length': Buffer.byteLength(body),
};
createServer((_request, response) => response.writeHead(200, headers).end(body)).listen(
  Number(port),
  '127.0.0.1',
);
