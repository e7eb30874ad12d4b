/** The part of the table (refusal.ts) on the SSH door. */
export const sshDoorRefusals = {
  ssh_host_key_broken: {
    words: (d: { path: string }) =>
      `${d.path} is no Ed25519 host key. Put the right one back, or remove the file, and a new one is made`,
    http: 500,
    exit: 7,
  },
  ssh_port_in_use: {
    words: (d: { host: string; port: number }) =>
      `Port ${d.port} on ${d.host} is in use. Stop what listens there, or choose another with --ssh-port`,
    http: 500,
    exit: 1,
  },
  console_needs_pty: {
    words: 'The console needs a terminal: ssh -t. Without one, give a command: ssh HOST users list',
    http: 500,
    exit: 2,
  },
  no_subsystem: {
    words: 'There are no files and no shell here: only the console, and commands like users list',
    http: 500,
    exit: 2,
  },
  no_forwarding: {
    words: 'Nothing is forwarded here: there are only the console, and commands like users list',
    http: 500,
    exit: 2,
  },
  command_not_remote: {
    words: (d: { command: string }) =>
      `${d.command} does not work over SSH: run it on the server. These do: users, sessions, audit and why`,
    http: 500,
    exit: 2,
  },
  option_not_remote: {
    words: (d: { option: string }) => `${d.option} does not work over SSH: it is about files of the server`,
    http: 500,
    exit: 2,
  },
  password_change_in_console: {
    words: 'Password change required: the console asks for it, ssh -t HOST',
    http: 400,
    exit: 6,
  },
  current_password_in_console: {
    words:
      'Your current password is needed too, unless you have just signed in with it: the console asks for it, ssh -t HOST',
    http: 400,
    exit: 5,
  },
  command_cut_off: {
    words: 'The server is stopping: the command was cut off, and may not have been finished',
    http: 503,
    exit: 1,
  },
  session_broken: {
    words: 'Something went wrong inside, and your session has ended. The log of the server says what',
    http: 500,
    exit: 1,
  },
} as const;
