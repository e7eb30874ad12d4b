import type { Argv } from 'yargs';
import { backUp } from '../store/backup.ts';
import { counted, printable } from '../text.ts';
import { fileToWrite } from './file-to-write.ts';
import { note, result, resultJson } from './output.ts';
import { keyPlaceOf } from './secret/keys.ts';
import { type CommonFlags, settingsOf, withWorld } from './with-world.ts';
import { asWritten, refuseStream } from './words.ts';

type Flags = CommonFlags & { file: string; overwrite: boolean; json: boolean };

export const builder = (yargs: Argv) =>
  yargs
    .positional('file', {
      type: 'string',
      describe: 'the file to write',
      demandOption: true,
      coerce: asWritten,
    })
    .option('overwrite', {
      type: 'boolean',
      default: false,
      describe: 'replace the file where there is one',
    })
    .option('json', { type: 'boolean', default: false, describe: 'print one JSON document' })
    .example('$0 backup langinfra-monday.db', 'while consoles and servers go on');

/** Writes a copy of the database, as it is at one moment, into a file. */
export const handler = (flags: Flags): Promise<void> => {
  refuseStream(flags.file);
  const settings = settingsOf(flags);
  const file = fileToWrite(settings, flags.file);
  return withWorld(settings, { create: false }, async ({ store, accounts, operator }) => {
    await backUp(store.path, file, flags);
    await accounts.audit.tell(operator, 'backed_up', { file });
    const users = await store.readAside(reads => reads.health.countUsers());
    if (flags.json) resultJson({ file, database: store.path, users });
    else result(`Backed up ${counted(users, 'user')} to ${printable(file)}`);
    note(`Database: ${store.path}`);
    note(
      `Its passwords open with the secret key only: ${keyPlaceOf(settings)}. Keep a copy of that, elsewhere`,
    );
  });
};
