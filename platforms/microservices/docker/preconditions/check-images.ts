import { pathOf } from './check-names.js';
import type { DatabaseExpectation } from './expectations.js';
import { refused, type Check, type Finding } from './finding.js';
import { listAt, textAt } from './read.js';

const SUPPORTED_MAJOR = 15;

/** PostgreSQL writes its data in a form that only the same major version reads. */
export const checkImages: Check = async (cluster, { databases, namespace }) => {
  const findings = await Promise.all(
    databases.map(async (database) => {
      const live = await cluster.get(pathOf({ kind: 'StatefulSet', name: database.statefulSet }, namespace));
      const container = listAt(live, 'spec', 'template', 'spec', 'containers').find((each) => textAt(each, 'name') === 'postgres');
      return checkOne(database, textAt(container, 'image'));
    }),
  );
  return findings.flat();
};

function checkOne({ statefulSet, image, setting }: DatabaseExpectation, liveImage: string | undefined): Finding[] {
  const major = majorOf(image);
  if (major === undefined) return [{ severity: 'note', message: `${setting}: the tag of ${image} does not tell its PostgreSQL version; it must be ${SUPPORTED_MAJOR}.` }];
  const liveMajor = liveImage === undefined ? undefined : majorOf(liveImage);
  if (liveMajor !== undefined && liveMajor !== major) {
    return [refused(`${setting}: StatefulSet ${statefulSet} runs PostgreSQL ${liveMajor}, and PostgreSQL ${major} cannot open its data. Stay with ${liveMajor}, or dump the data and restore it into a new database.`)];
  }
  if (major !== SUPPORTED_MAJOR) return [refused(`${setting}: ${image} is PostgreSQL ${major}; this chart is made for ${SUPPORTED_MAJOR}. Use a tag such as "${SUPPORTED_MAJOR}".`)];
  return [];
}

/** The major version that a tag starts with: 15 for `postgres:15`, `postgres:15.8-bookworm` and `host:5000/postgres:15-alpine`. */
function majorOf(image: string): number | undefined {
  const [, major] = /:(\d{1,2})(?:[.-][\w.-]*)?(?:@.*)?$/.exec(image) ?? [];
  return major === undefined ? undefined : Number(major);
}
