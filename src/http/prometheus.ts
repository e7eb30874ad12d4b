export type Labels = Readonly<Record<string, string>>;
export type Sample = { labels?: Labels; value: number };

/** What is measured under one name, as Prometheus reads it. */
export type Family = {
  name: string;
  type: 'counter' | 'gauge' | 'summary';
  /** One line. */
  help: string;
  samples: readonly Sample[];
};

export const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** The text format of Prometheus, version 0.0.4. A family without samples is left out. */
export const prometheusText = (families: readonly Family[]): string =>
  families
    .filter(({ samples }) => samples.length > 0)
    .flatMap(({ name, type, help, samples }) => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} ${type}`,
      ...samples.map(({ labels = {}, value }) => `${name}${labelText(labels)} ${value}`),
    ])
    .map(line => `${line}\n`)
    .join('');

const labelText = (labels: Labels): string => {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length > 0 ? `{${pairs.join(',')}}` : '';
};

const escaped = (value: string): string =>
  value.replace(/[\\"]/g, found => `\\${found}`).replaceAll('\n', '\\n');

/** Counts how often each set of labels came. It keeps all of them: their values must be few. */
export const createCounter = <L extends Labels>() => {
  const samples = new Map<string, { labels: L; value: number }>();
  return {
    add: (labels: L): void => {
      const key = JSON.stringify(labels);
      const known = samples.get(key);
      if (known) known.value += 1;
      else samples.set(key, { labels, value: 1 });
    },
    samples: (): Sample[] => [...samples.values()],
  };
};
