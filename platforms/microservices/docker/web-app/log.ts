const LEVELS = ['debug', 'info', 'warn', 'error'] as const;

export type LogLevel = (typeof LEVELS)[number];
export type LogFields = Record<string, unknown>;
export type Log = Record<LogLevel, (message: string, fields?: LogFields) => void>;

export interface LogOptions {
  service: string;
  level: LogLevel;
  /** Where a finished line goes; stdout by default, which is where Kubernetes collects logs. */
  write?: (line: string) => void;
}

export function isLogLevel(text: string): text is LogLevel {
  return LEVELS.some((level) => level === text);
}

/** A log of one JSON object per line. Messages are constant, what varies goes into fields, so logs can be searched. */
export function createLog({ service, level, write = (line) => process.stdout.write(line) }: LogOptions): Log {
  const threshold = LEVELS.indexOf(level);
  const writer = (name: LogLevel) => (message: string, fields: LogFields = {}) => {
    if (LEVELS.indexOf(name) < threshold) return;
    write(`${JSON.stringify({ time: new Date().toISOString(), level: name, service, message, ...fields })}\n`);
  };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
}

/** What a log line tells of a thrown value. Connection errors of several addresses carry their texts inside. */
export function errorFields(thrown: unknown): LogFields {
  if (!(thrown instanceof Error)) return { error: String(thrown) };
  const inner = thrown instanceof AggregateError ? thrown.errors.map((each) => String(each)).join('; ') : '';
  const code = 'code' in thrown && typeof thrown.code === 'string' ? { code: thrown.code } : {};
  return { error: thrown.message || inner || thrown.name, ...code };
}
