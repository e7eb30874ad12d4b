import type { ServerConfig } from 'ssh2';

/**
 * What is spoken: key exchange over Curve25519 or a NIST curve, an Ed25519 host key, and ciphers that authenticate what they
 * encrypt. OpenSSH has all of them since 6.5 (2014). ssh2 offers strict key exchange (kex-strict-s-v00@openssh.com), which
 * clients have since CVE-2023-48795 (Terrapin) was mended in them; of these ciphers the attack concerns ChaCha20 alone.
 */
export const algorithms = {
  kex: ['curve25519-sha256', 'curve25519-sha256@libssh.org', 'ecdh-sha2-nistp256', 'ecdh-sha2-nistp384'],
  serverHostKey: ['ssh-ed25519'],
  cipher: ['aes128-gcm@openssh.com', 'aes256-gcm@openssh.com', 'chacha20-poly1305@openssh.com'],
  hmac: ['hmac-sha2-256-etm@openssh.com', 'hmac-sha2-512-etm@openssh.com'],
  compress: ['none'],
} satisfies ServerConfig['algorithms'];
