import { describe, expect, test } from 'vitest';
import { readPublicKey } from '../../src/accounts/public-key.ts';
import { newKeyPair } from '../support/ssh-keys.ts';

const ed25519 = newKeyPair();
const [type = '', blob = ''] = ed25519.line.split(' ');

describe('a public key', () => {
  test.each([
    ['ed25519', newKeyPair()],
    ['ECDSA with 256 bits', newKeyPair('ecdsa', 256)],
    ['ECDSA with 521 bits', newKeyPair('ecdsa', 521)],
    ['RSA with 3072 bits', newKeyPair('rsa', 3072)],
  ])('of the kind %s is taken', async (_, { line }) => {
    const key = await readPublicKey(`${line}\n`);
    expect(`${key.type} ${key.blob} ${key.comment}`).toBe(line.trim());
  });

  test('has the fingerprint that ssh-keygen shows', async () => {
    const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMEHdWMLv5Bbf2LiLhc3Y0vqS8b0Uqy/yUQPbdfB7Z9B known';
    const fingerprint = 'SHA256:5fYI8oxpX+uP9VD8aprEMFugXBI60Gnl6X8AtvgngA8';
    expect(await readPublicKey(line)).toMatchObject({ fingerprint });
  });

  test('needs no comment, and may stand among empty lines and remarks', async () => {
    expect(await readPublicKey(`# my key\r\n\r\n  ${type}\t${blob}\r\n`)).toMatchObject({ comment: '' });
  });
});

const privateKey = ed25519.privateKey;
const refused: Record<string, [text: string, code: string]> = {
  nothing: ['', 'ssh_key_none'],
  'any text': ['hello world', 'ssh_key_none'],
  'a private key': [privateKey, 'ssh_key_private'],
  'a private key behind its public one': [`${ed25519.line}\n${privateKey}`, 'ssh_key_private'],
  'two keys': [`${ed25519.line}\n${newKeyPair().line}`, 'ssh_key_several'],
  'options before it': [`command="rm -rf /" ${ed25519.line}`, 'ssh_key_options'],
  'the option of a certificate authority': [`cert-authority ${ed25519.line}`, 'ssh_key_options'],
  'a certificate': [`ssh-ed25519-cert-v01@openssh.com ${blob}`, 'ssh_key_certificate'],
  DSA: ['ssh-dss AAAAB3NzaC1kc3MAAACBAP', 'ssh_key_type'],
  'a key of a security token': [`sk-ssh-ed25519@openssh.com ${blob}`, 'ssh_key_type'],
  'RSA that is too short': [newKeyPair('rsa', 2048).line, 'ssh_key_short'],
  'another type than it says': [`ecdsa-sha2-nistp256 ${blob}`, 'ssh_key_none'],
  'something behind the key': [
    `${type} ${Buffer.concat([Buffer.from(blob, 'base64'), Buffer.from('xx')]).toString('base64')}`,
    'ssh_key_none',
  ],
  'another spelling of base64': [`${type} ${blob.replace(/^AAAA/, 'AA=AA')}`, 'ssh_key_none'],
  'a key that was cut off': [`${type} ${blob.slice(0, 40)}`, 'ssh_key_none'],
  'an escape sequence in the comment': [`${type} ${blob} \x1b[8mhidden`, 'ssh_key_comment'],
  'a comment without end': [`${type} ${blob} ${'x'.repeat(101)}`, 'ssh_key_comment'],
  'a text without end': [`${type} ${blob} ${'x'.repeat(10_000)}`, 'ssh_key_none'],
};

test.each(Object.entries(refused))('%s is refused', async (_, [text, code]) => {
  await expect(readPublicKey(text)).rejects.toMatchObject({ code });
});
