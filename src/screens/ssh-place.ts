/** Where an SSH client has reached this server. */
export type SshPlace = { host: string; port: number };
