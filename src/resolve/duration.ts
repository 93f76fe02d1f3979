/** Seconds of a duration such as `90s`, `5m` or `1h30m`. */
export function secondsOf(duration: string): number {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  return [...duration.matchAll(/(\d+)([hms])/g)].reduce((sum, [, amount, unit]) => sum + Number(amount) * (units[unit!] ?? 0), 0);
}
