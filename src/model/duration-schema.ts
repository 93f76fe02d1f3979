import { z } from 'zod';

const anyDuration = 'a duration such as 90s, 5m or 1h30m';

/** A time to wait, as platform files write it. */
export const duration = z
  .string(anyDuration)
  .regex(/^(?=\d)(\d+h)?(\d+m)?(\d+s)?$/, anyDuration)
  .refine((text) => /[1-9]/.test(text), 'a duration longer than nothing')
  .meta({ examples: ['90s', '5m', '1h30m'] });
